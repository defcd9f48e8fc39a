package warehouse

import (
	"math"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/protobuf/encoding/protowire"
)

// appendAdded writes the added columns of a row, see AddedValues.
func (l *layout) appendAdded(b []byte, record []byte) []byte {
	if len(l.added) == 0 {
		return b
	}
	for i, v := range AddedValues(l.filled, record) {
		b = appendAddedValue(b, l.added[i].number, v)
	}
	return b
}

// appendAddedValue writes a value of AddedValues. It writes nothing for nil.
func appendAddedValue(b []byte, c column, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendString(b, c, v)
	case int64:
		return appendInt(b, c, v)
	case float64:
		b = protowire.AppendTag(b, c, protowire.Fixed64Type)
		return protowire.AppendFixed64(b, math.Float64bits(v))
	case bool:
		return protowire.AppendVarint(protowire.AppendTag(b, c, protowire.VarintType), protowire.EncodeBool(v))
	}
	return b
}

// addedTypes are the types of added columns that are filled. Columns of other types stay
// NULL: if BigQuery refused a value, the whole record would be lost.
var addedTypes = map[storagepb.TableFieldSchema_Type]AddedType{
	storagepb.TableFieldSchema_STRING: AddedText,
	storagepb.TableFieldSchema_INT64:  AddedInteger,
	storagepb.TableFieldSchema_DOUBLE: AddedFloat,
	storagepb.TableFieldSchema_BOOL:   AddedBool,
}
