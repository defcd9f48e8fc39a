package translate

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// failure carries an error out of the depth of a translation; every function
// of the package that may meet one is called under catch.
type failure struct{ err error }

// catch turns a failure into an error.
func catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case failure:
		*err = r.err
	default:
		panic(r)
	}
}

func fail(err error) { panic(failure{err}) }

func check(err error) {
	if err != nil {
		fail(bqerror.Internal(fmt.Errorf("analyzer: %w", err)))
	}
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

// unsupported refuses a construct by its name.
func unsupported(format string, args ...any) {
	fail(bqerror.Unsupported(format, args...))
}

var (
	statusPrefix  = regexp.MustCompile(`^(?:wasm2go|wasmify|googlesql)?:?\s*(?:[A-Z_]+: )?`)
	position      = regexp.MustCompile(`\s*\[at (\d+:\d+)\]`)
	tableNotFound = regexp.MustCompile(`Table not found: ([^\s;]+)`)
)

// analysisError words an error of the analyzer as BigQuery does.
func analysisError(err error) error {
	msg := statusPrefix.ReplaceAllString(err.Error(), "")
	if m := tableNotFound.FindStringSubmatch(msg); m != nil {
		return bqerror.Query("Table %q must be qualified with a dataset (e.g. dataset.table).", strings.Trim(m[1], "`"))
	}
	return bqerror.Query("%s", position.ReplaceAllString(msg, " at [$1]"))
}
