// Package json holds the functions of JSON. A value of type JSON is its text in DuckDB.
package json

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	extract, convert, laxly, construct, modify, inspect,
}
