// Package ranges holds the functions of RANGE.
package ranges

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	bounds, split,
}
