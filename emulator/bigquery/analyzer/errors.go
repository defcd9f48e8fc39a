package analyzer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// check throws an error of the analyzer's binding, which is a defect.
func check(err error) {
	if err != nil {
		bqerror.Throw(bqerror.Internal(fmt.Errorf("analyzer: %w", err)))
	}
}

// must is the value of a call of the binding.
func must[T any](v T, err error) T {
	check(err)
	return v
}

var (
	statusPrefix = regexp.MustCompile(`^(?:wasm2go|wasmify|googlesql)?:?\s*(?:[A-Z_]+: )?`)
	position     = regexp.MustCompile(`\s*\[at (\d+:\d+)\]`)
	// missing are functions of BigQuery that the analyzer lacks.
	missing = []string{"TF_IDF", "APPENDS", "CHANGES", "GAP_FILL", "EXTERNAL_QUERY", "EXTERNAL_OBJECT_TRANSFORM"}

	functionNotFound = regexp.MustCompile("(?:Function|Table-valued function) not found: `?(\\w+)`?")
	tableNotFound    = regexp.MustCompile(`Table not found: ([^\s;]+)`)
)

// analysisError words an error of the analyzer as BigQuery does.
func analysisError(err error) error {
	msg := statusPrefix.ReplaceAllString(err.Error(), "")
	if m := tableNotFound.FindStringSubmatch(msg); m != nil {
		return bqerror.Query("Table %q must be qualified with a dataset (e.g. dataset.table).", strings.Trim(m[1], "`"))
	}
	if m := functionNotFound.FindStringSubmatch(msg); m != nil && slices.Contains(missing, strings.ToUpper(m[1])) {
		return bqerror.Unsupported("function %s", strings.ToUpper(m[1]))
	}
	return bqerror.Query("%s", position.ReplaceAllString(msg, " at [$1]"))
}
