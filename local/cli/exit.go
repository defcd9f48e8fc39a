package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/operate/verify"
)

// Exit statuses.
const (
	ExitOK         = 0
	ExitFailed     = 1 // of verify: something differs
	ExitUsage      = 2 // a mistake in the command line
	ExitNotAudited = 3 // of verify: a part couldn't be read, and no difference was found in the rest
)

// failure is an error of a command that ran; all others are mistakes in the
// command line, and so is one that Mistake made.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// tell prints the error of a command line, and returns its exit status.
func (h *Host) tell(root, c *cobra.Command, err error, args []string) int {
	var (
		failed  failure
		unknown unknownCommandError
	)
	switch {
	case errors.As(err, &unknown):
		h.Console.Printf("%s %s", err, seeHelp(root))
		return ExitUsage
	case !errors.As(err, &failed) || isMistake(err):
		h.Console.Printf("%s %s", mistakeText(c, err, args), seeHelp(c))
		return ExitUsage
	}
	h.Console.Printf("%s: %s", pathOf(c), Sentence(failed.error))
	if errors.Is(err, verify.ErrNotAudited) {
		return ExitNotAudited
	}
	return ExitFailed
}
