// Package aggregates holds the aggregate and window functions.
package aggregates

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	sums, statistics, percentiles, collect, approximate, kll, windows,
}
