package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// mistake says what is wrong with the command line args of a command.
func mistake(c *cobra.Command, err error, args []string) string {
	text := explained(err, args)
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	if !c.HasParent() {
		return text
	}
	return c.Name() + ": " + text
}

// explained says what a flag wants, in the words of the help.
func explained(err error, args []string) string {
	var (
		missing *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &missing) && missing.GetSpecifiedShortnames() != "":
		flag := oneDash(args, missing.GetSpecifiedShortnames())
		return fmt.Sprintf("there is no flag %s: flags have two dashes, as in -%[1]s", flag)
	case errors.As(err, &missing):
		return "there is no flag --" + missing.GetSpecifiedName()
	case errors.As(err, &empty):
		return "--" + empty.GetSpecifiedName() + " wants a value behind it"
	case errors.As(err, &invalid):
		return fmt.Sprintf("--%s can't be %q: see below what it takes; a TIME has a unit, such as 90s or 5m",
			invalid.GetFlag().Name, invalid.GetValue())
	}
	return err.Error()
}

// oneDash is the flag with one dash of which pflag refuses the end: -version, which
// it reads as -v and an unknown -ersion.
func oneDash(args []string, end string) string {
	for _, arg := range args {
		flag, _, _ := strings.Cut(arg, "=")
		refused, _, _ := strings.Cut(end, "=")
		if strings.HasPrefix(flag, "-") && !strings.HasPrefix(flag, "--") && strings.HasSuffix(flag, refused) {
			return flag
		}
	}
	return "-" + end
}

// unknownCommand names the commands that were perhaps meant.
func unknownCommand(root *cobra.Command, name string) error {
	text := fmt.Sprintf("There is no command %q.", name)
	if meant := root.SuggestionsFor(name); len(meant) > 0 {
		text += fmt.Sprintf(" Did you mean %s?", strings.Join(meant, " or "))
	}
	return errors.New(text)
}

// Sentence is an error as a person reads it. Several problems stand one to a line.
func Sentence(err error) string {
	text := err.Error()
	if errors.Is(err, context.Canceled) {
		return "stopped before its end."
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}
