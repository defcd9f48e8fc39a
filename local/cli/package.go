package cli

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/operate/archive"
)

func packageCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "package", GroupID: groupOperators,
		Short: "pack the functions into the archive that the cloud builds",
	}
	out := c.Flags().String("out", archive.DefaultFile, "`FILE` to write")
	c.RunE = func(c *cobra.Command, _ []string) error {
		a, err := archive.Write(c.Context(), ".", *out)
		if err != nil {
			return err
		}
		h.Console.Printf("%s: %s files, %.1f MB", a.File, console.Number(int64(a.Files)), float64(a.Bytes)/1e6)
		for _, w := range a.Warnings {
			h.Console.Printf("%s", w)
		}
		return json.NewEncoder(h.Stdout).Encode(a)
	}
	return c
}
