// Package hll holds the functions HLL_COUNT.*: sketches in the format of ZetaSketch
// (https://github.com/google/zetasketch), which are BigQuery's, byte by byte. Only sparse ones
// are kept, those of up to some ten thousand different values, whose estimates are as good as exact.
package hll

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	counts,
}
