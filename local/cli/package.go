package cli

import (
	"context"
	"encoding/json"
	"flag"

	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/operate/archive"
)

var packageCommand = command{
	name:  "package",
	short: "pack the functions into the archive that the cloud builds",
	setUp: func(h *Host, flags *flag.FlagSet) func(context.Context, []string) error {
		out := flags.String("out", archive.DefaultFile, "`FILE` to write")
		return func(ctx context.Context, _ []string) error {
			a, err := archive.Write(ctx, ".", *out)
			if err != nil {
				return err
			}
			h.Console.Printf("%s: %s files, %.1f MB", a.File, console.Number(int64(a.Files)), float64(a.Bytes)/1e6)
			for _, w := range a.Warnings {
				h.Console.Printf("%s", w)
			}
			return json.NewEncoder(h.Stdout).Encode(a)
		}
	},
}
