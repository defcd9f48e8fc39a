package operators

import (
	"database/sql/driver"
	"sync"

	"golang.org/x/text/cases"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// collations are texts that are compared without regard to case: by the Unicode Collation Algorithm's
// first two levels.
var collations = function.Group{
	Scalars: map[string]function.Scalar{"collate": func(c *function.Call) string {
		name, ok := c.LiteralString(1)
		if ok && (name == types.CaseInsensitive || name == "" || name == "binary") {
			return c.Args[0]
		}
		bqerror.Throw(bqerror.Query("Invalid collation: %s. The only collation is '%s'; '' and 'binary' are none", name, types.CaseInsensitive))
		return ""
	}},
	Natives: []function.Native{
		{Name: "bq_collation_key", Args: function.Types{function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return collationKey(a[0].(string)), nil
		}},
		{Name: "bq_fold", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return cases.Fold().String(a[0].(string)), nil
		}},
	},
}

// collator is a collator with its memory; it serves one goroutine at a time.
type collator struct {
	*collate.Collator
	buffer collate.Buffer
}

var collators = sync.Pool{New: func() any { return &collator{Collator: collate.New(language.Und, collate.IgnoreCase)} }}

// collationKey is what texts are equal by, and ordered byte by byte.
func collationKey(s string) []byte {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	defer c.buffer.Reset()
	return append([]byte{}, c.KeyFromString(&c.buffer, s)...)
}

// Folded is a text of a type for comparisons of its parts: without case, if its collation has none.
func Folded(x string, t *types.Type) string {
	if t.Collation == "" {
		return x
	}
	return "bq_fold(" + x + ")"
}
