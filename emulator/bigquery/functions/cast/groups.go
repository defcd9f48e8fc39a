// Package cast holds the casts. The functions in Go that read and write times are in package times.
package cast

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	casts,
}
