package text

import (
	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// length are the lengths of texts, in characters and in bytes.
var length = function.Group{
	Scalars: map[string]function.Scalar{
		"length":      function.ByKind("length($1)", "octet_length($1)"),
		"char_length": function.SQL("length($1)"),
		"byte_length": function.ByKind("strlen($1)", "octet_length($1)"),
	},
}
