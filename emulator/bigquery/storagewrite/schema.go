package storagewrite

import (
	"strings"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/value"
)

var storageTypes = map[value.Kind]storagepb.TableFieldSchema_Type{
	value.String: storagepb.TableFieldSchema_STRING, value.Bytes: storagepb.TableFieldSchema_BYTES,
	value.Int64: storagepb.TableFieldSchema_INT64, value.Float64: storagepb.TableFieldSchema_DOUBLE,
	value.Bool: storagepb.TableFieldSchema_BOOL, value.Timestamp: storagepb.TableFieldSchema_TIMESTAMP,
	value.Date: storagepb.TableFieldSchema_DATE, value.Time: storagepb.TableFieldSchema_TIME,
	value.DateTime: storagepb.TableFieldSchema_DATETIME, value.Numeric: storagepb.TableFieldSchema_NUMERIC,
	value.BigNumeric: storagepb.TableFieldSchema_BIGNUMERIC, value.JSON: storagepb.TableFieldSchema_JSON,
	value.Geography: storagepb.TableFieldSchema_GEOGRAPHY, value.Interval: storagepb.TableFieldSchema_INTERVAL,
	value.Struct: storagepb.TableFieldSchema_STRUCT,
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
		out = append(out, &storagepb.TableFieldSchema{
			Name: f.Name, Type: storageTypes[value.KindOf(f.Type)], Mode: mode, Description: f.Description,
			Fields: storageFields(f.Fields), MaxLength: f.MaxLength, Precision: f.Precision, Scale: f.Scale,
			DefaultValueExpression: f.DefaultValueExpression,
		})
	}
	return out
}
