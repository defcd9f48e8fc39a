// Package numbers holds the functions of numbers.
package numbers

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	arithmetic, big76, logarithms, rounding, elementary, bitwise, vectors, parse, buckets,
}
