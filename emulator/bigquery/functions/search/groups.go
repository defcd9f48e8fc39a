// Package search holds SEARCH, TEXT_ANALYZE and TF_IDF, and what they analyze text by.
package search

import "github.com/tallystream/tallystream/emulator/bigquery/function"

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{search, tfIDF}
