// Package arrays holds the functions of ARRAY.
package arrays

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	elements, search, generate,
}
