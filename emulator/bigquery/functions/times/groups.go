// Package times holds the functions of DATE, TIME, DATETIME, TIMESTAMP and INTERVAL. A TIMESTAMP is a naive time in UTC in DuckDB.
package times

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	current, addition, truncation, bucketing, difference, extraction, construction, text, unix, formatting, parsing, casting, intervals, zones,
}
