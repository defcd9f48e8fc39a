// Package text holds the functions of STRING and BYTES.
package text

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{
	concat, length, letters, substring, trimming, search, points, similar, patterns, encoding, hashes, formats,
}
