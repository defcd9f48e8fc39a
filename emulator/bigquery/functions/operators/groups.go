// Package operators holds the operators of GoogleSQL, conditionals and what else has no type of its own.
package operators

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	compare, patterns, collations, conditional, volatile,
}
