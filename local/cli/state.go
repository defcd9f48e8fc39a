package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/operate/tfstate"
)

func stateCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "state", GroupID: groupOperators,
		Short: "select Terraform's state of one deployment, before anything is planned: make deploy does it",
	}
	o := tfstate.Options{Getenv: h.Getenv, Say: h.Console.Printf}
	flags := c.Flags()
	flags.StringVar(&o.Project, "project", "", "`ID` of the project")
	flags.StringVar(&o.Prefix, "prefix", "", "`PREFIX` of the deployment's names (name_prefix), where several are in the project")
	flags.StringVar(&o.Bucket, "state", "", "`gs://BUCKET` that keeps the state from now on; without it the one that was named last, or this machine")
	flags.BoolVar(&o.Existing, "existing", false, "refuse where there is no such deployment")
	flags.StringVar(&o.Dir, "dir", "terraform", "`DIRECTORY` of the configuration")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if o.Project == "" {
			return Mistake(errors.New("--project is missing: name the project that is deployed to (PROJECT of make deploy)"))
		}
		return tfstate.Choose(c.Context(), o)
	}
	return c
}
