// Package javascript runs functions in JavaScript, on the engine goja, with the conversions
// between its types and those of SQL that BigQuery documents
// (https://cloud.google.com/bigquery/docs/user-defined-functions#supported-javascript-udf-data-types).
package javascript

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	calls, aggregates,
}
