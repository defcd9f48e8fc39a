package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Mistake marks an error as one in the command line. The exit status is then ExitUsage. It
// returns nil for nil.
func Mistake(err error) error {
	if err == nil {
		return nil
	}
	return mistake{err}
}

type mistake struct{ error }

func (m mistake) Unwrap() error { return m.error }

func isMistake(err error) bool {
	var m mistake
	return errors.As(err, &m)
}

// seeHelp says where the flags of a command are listed.
func seeHelp(c *cobra.Command) string {
	if !c.HasParent() {
		return "The commands: go run ./local help."
	}
	return fmt.Sprintf("Its flags: go run ./local %s --help.", pathOf(c))
}

// pathOf is what a person types for a command, without the program's name: cloud up.
func pathOf(c *cobra.Command) string { return strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ") }

// mistakeText says in one line what is wrong with the command line args of a command.
func mistakeText(c *cobra.Command, err error, args []string) string {
	text := strings.ReplaceAll(explained(err, args), "\n", "; ")
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	if !c.HasParent() {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return pathOf(c) + ": " + text
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
		flag := invalid.GetFlag()
		what, known := taken[flag.Value.Type()]
		if !known {
			return fmt.Sprintf("--%s: %v", flag.Name, errors.Unwrap(invalid)) // the flag's own words
		}
		return fmt.Sprintf("--%s can't be %q: it takes %s", flag.Name, invalid.GetValue(), what)
	}
	return err.Error()
}

// taken says what values a flag takes, by pflag's name of its type.
var taken = map[string]string{
	"duration": "a time with a unit, such as 90s or 5m",
	"bool":     "true or false",
	"float64":  "a number",
	"int":      "a whole number", "int32": "a whole number", "int64": "a whole number", "uint64": "a whole number",
}

// oneDash is the flag with one dash whose end pflag has refused. It reads -version as -v
// and an unknown -ersion.
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

// unknownCommandError is the name of a command that there isn't, and the names that were perhaps meant.
type unknownCommandError struct {
	name  string
	meant []string
}

func unknownCommand(root *cobra.Command, name string) error {
	return unknownCommandError{name, root.SuggestionsFor(name)}
}

func (e unknownCommandError) Error() string {
	text := fmt.Sprintf("There is no command %q.", e.name)
	if len(e.meant) > 0 {
		text += fmt.Sprintf(" Did you mean %s?", strings.Join(e.meant, " or "))
	}
	return text
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
