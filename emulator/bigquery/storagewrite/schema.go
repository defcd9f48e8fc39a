package storagewrite

import (
	"strings"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

var storageTypes = map[types.Kind]storagepb.TableFieldSchema_Type{
	types.String: storagepb.TableFieldSchema_STRING, types.Bytes: storagepb.TableFieldSchema_BYTES,
	types.Int64: storagepb.TableFieldSchema_INT64, types.Float64: storagepb.TableFieldSchema_DOUBLE,
	types.Bool: storagepb.TableFieldSchema_BOOL, types.Timestamp: storagepb.TableFieldSchema_TIMESTAMP,
	types.Date: storagepb.TableFieldSchema_DATE, types.Time: storagepb.TableFieldSchema_TIME,
	types.Datetime: storagepb.TableFieldSchema_DATETIME, types.Numeric: storagepb.TableFieldSchema_NUMERIC,
	types.BigNumeric: storagepb.TableFieldSchema_BIGNUMERIC, types.JSON: storagepb.TableFieldSchema_JSON,
	types.Geography: storagepb.TableFieldSchema_GEOGRAPHY, types.Interval: storagepb.TableFieldSchema_INTERVAL,
	types.Struct: storagepb.TableFieldSchema_STRUCT, types.Range: storagepb.TableFieldSchema_RANGE,
}

// storageSchema is a table's schema as this API describes it.
func storageSchema(s *bqv2.TableSchema) *storagepb.TableSchema {
	out := &storagepb.TableSchema{}
	if s != nil {
		out.Fields = storageFields(s.Fields)
	}
	return out
}

func storageFields(fields []*bqv2.TableFieldSchema) []*storagepb.TableFieldSchema {
	var out []*storagepb.TableFieldSchema
	for _, f := range fields {
		mode := storagepb.TableFieldSchema_NULLABLE
		switch strings.ToUpper(f.Mode) {
		case "REQUIRED":
			mode = storagepb.TableFieldSchema_REQUIRED
		case "REPEATED":
			mode = storagepb.TableFieldSchema_REPEATED
		}
		kind, _ := types.KindOf(f.Type)
		var element *storagepb.TableFieldSchema_FieldElementType
		if f.RangeElementType != nil {
			of, _ := types.KindOf(f.RangeElementType.Type)
			element = &storagepb.TableFieldSchema_FieldElementType{Type: storageTypes[of]}
		}
		out = append(out, &storagepb.TableFieldSchema{
			Name: f.Name, Type: storageTypes[kind], Mode: mode, Description: f.Description,
			Fields: storageFields(f.Fields), MaxLength: f.MaxLength, Precision: f.Precision, Scale: f.Scale,
			DefaultValueExpression: f.DefaultValueExpression, RangeElementType: element,
		})
	}
	return out
}
