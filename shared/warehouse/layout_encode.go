package warehouse

import (
	"math"
	"strconv"
	"strings"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tallystream/tallystream/shared/jsonobject"
)

// appendAdded writes the added columns of a row: the record's fields that have
// their names. A field that is absent, null, or doesn't fit its column leaves it
// NULL: it is no part of what makes a vote.
func (l *layout) appendAdded(b []byte, record []byte) []byte {
	if len(l.added) == 0 {
		return b
	}
	values := make([]jsonobject.Value, len(l.added))
	err := jsonobject.Each(string(record), func(name string, v jsonobject.Value) {
		for i := range l.added {
			if l.added[i].name == name {
				values[i] = v // of a field that stands there twice the last counts
			}
		}
	})
	if err != nil {
		return b // its row says so: it is a reject
	}
	for i, v := range values {
		b = l.added[i].append(b, v)
	}
	return b
}

func (c *addedColumn) append(b []byte, v jsonobject.Value) []byte {
	if v.Kind == jsonobject.Null {
		return b
	}
	scalar := v.Kind == jsonobject.Number || v.Kind == jsonobject.String
	text := strings.TrimSpace(v.Text)
	switch c.kind {
	case storagepb.TableFieldSchema_STRING:
		return appendString(b, c.number, v.Text) // a list or an object as it is written
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
