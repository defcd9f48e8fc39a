package warehouse

import (
	"math"
	"strconv"
	"strings"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tallystream/tallystream/shared/jsonobject"
)

// appendAdded writes the added columns of a row, from the record's fields of the same
// names. A field that is absent, null, or doesn't fit the column's type leaves it NULL.
// Such a record is still counted: added columns play no part in it.
func (l *layout) appendAdded(b []byte, record []byte) []byte {
	if len(l.added) == 0 {
		return b
	}
	values := make([]jsonobject.Value, len(l.added))
	err := jsonobject.Each(string(record), func(name string, v jsonobject.Value) {
		for i := range l.added {
			if l.added[i].name == name {
				values[i] = v // if a field is there twice, the last one counts
			}
		}
	})
	if err != nil {
		return b // the record is a reject, which has no added columns
	}
	for i, v := range values {
		b = l.added[i].append(b, v)
	}
	return b
}

// append writes a value in the column's type. It writes nothing if the value doesn't fit.
func (c *addedColumn) append(b []byte, v jsonobject.Value) []byte {
	if v.Kind == jsonobject.Null {
		return b
	}
	scalar := v.Kind == jsonobject.Number || v.Kind == jsonobject.String
	text := strings.TrimSpace(v.Text)
	switch c.kind {
	case storagepb.TableFieldSchema_STRING:
		return appendString(b, c.number, v.Text) // a list or an object is stored as its JSON text
	case storagepb.TableFieldSchema_INT64:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && scalar {
			return appendInt(b, c.number, n)
		}
	case storagepb.TableFieldSchema_DOUBLE:
		if x, err := strconv.ParseFloat(text, 64); err == nil && scalar && !math.IsNaN(x) && !math.IsInf(x, 0) {
			b = protowire.AppendTag(b, c.number, protowire.Fixed64Type)
			return protowire.AppendFixed64(b, math.Float64bits(x))
		}
	case storagepb.TableFieldSchema_BOOL:
		if v.Kind == jsonobject.Bool {
			return protowire.AppendVarint(protowire.AppendTag(b, c.number, protowire.VarintType), protowire.EncodeBool(v.Text == "true"))
		}
	}
	return b
}
