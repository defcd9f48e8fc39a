package duck

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// AsBigQuery words an error of DuckDB as BigQuery would. Errors that are
// BigQuery's already, and those of a cancelled context, stay as they are.
func AsBigQuery(err error) error {
	var be *bqerror.Error
	var de *duckdb.Error
	switch {
	case err == nil || errors.As(err, &be):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, ErrContain), errors.As(err, &de) && de.Type == duckdb.ErrorTypeOutOfMemory:
		return &bqerror.Error{Code: http.StatusBadRequest, Reason: "resourcesExceeded", Location: "query",
			Message: "Resources exceeded during query execution: The query could not be executed in the allotted memory. The emulator allows half of the machine's, or what its flag -memory says."}
	case errors.As(err, &de):
		return bqerror.Query("%s", duckMessage(de.Msg))
	default:
		return bqerror.Internal(err)
	}
}

var (
	notNull    = regexp.MustCompile(`NOT NULL constraint failed: [^.\s]+\.(\S+)`)
	overflow   = regexp.MustCompile(`Overflow in (addition|subtraction|multiplication|negation)[^(]*\(([^)]*)\)`)
	negation   = regexp.MustCompile(`Overflow in negation of numeric value`)
	absolute   = regexp.MustCompile(`Overflow on abs\((\S+)\)`)
	sumRange   = regexp.MustCompile(`Type INT128 with value \S+ can't be cast because the value is out of range for the destination type INT64`)
	conversion = regexp.MustCompile(`Could not convert string ['"](.*)['"] to (\w+)`)
	// To a transaction that changes a table whose columns have changed since.
	altered    = regexp.MustCompile(`altered by a different transaction|another transaction has altered this table`)
	errorClass = regexp.MustCompile(`^[A-Z][A-Za-z]+( [A-Z][A-Za-z]+)* Error: `)
)

// castNames are BigQuery's names of the types in DuckDB's cast errors.
var castNames = map[string]string{"INT64": "int64", "DOUBLE": "double", "BOOL": "bool"}

// duckMessage finds BigQuery's wording of the message of a DuckDB error.
func duckMessage(msg string) string {
	if m := notNull.FindStringSubmatch(msg); m != nil {
		return "Required field " + m[1] + " cannot be null"
	}
	if m := overflow.FindStringSubmatch(msg); m != nil {
		return "int64 overflow: " + m[2]
	}
	if strings.Contains(msg, "Overflow in HUGEINT addition") { // of the sum of a column
		return "numeric overflow: SUM"
	}
	if negation.MatchString(msg) { // of the only value that has no opposite
		return "int64 overflow: -(-9223372036854775808)"
	}
	if m := absolute.FindStringSubmatch(msg); m != nil {
		return "int64 overflow: ABS(" + m[1] + ")"
	}
	if sumRange.MatchString(msg) {
		return "int64 overflow"
	}
	if m := conversion.FindStringSubmatch(msg); m != nil {
		name := castNames[m[2]]
		if name == "" {
			name = strings.ToLower(m[2])
		}
		return "Bad " + name + " value: " + m[1]
	}
	if altered.MatchString(msg) {
		return "Transaction is aborted due to concurrent update against a table whose schema has changed"
	}
	if strings.Contains(msg, "More than one row returned by a subquery") {
		return "Scalar subquery produced more than one element"
	}
	msg = errorClass.ReplaceAllString(msg, "")
	msg = strings.TrimPrefix(msg, "database/sql/driver: API error: ") // of a function in Go
	if i := strings.Index(msg, "\n\nLINE "); i >= 0 {
		msg = msg[:i]
	}
	return msg
}
