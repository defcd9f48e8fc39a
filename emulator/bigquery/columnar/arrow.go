package columnar

import (
	"fmt"
	"time"

	"cloud.google.com/go/civil"
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/decimal256"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// arrowTypes are the types of scalars
// (https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details).
var arrowTypes = map[types.Kind]arrow.DataType{
	types.Int64:      arrow.PrimitiveTypes.Int64,
	types.Float64:    arrow.PrimitiveTypes.Float64,
	types.Bool:       arrow.FixedWidthTypes.Boolean,
	types.String:     arrow.BinaryTypes.String,
	types.Bytes:      arrow.BinaryTypes.Binary,
	types.Date:       arrow.FixedWidthTypes.Date32,
	types.Time:       arrow.FixedWidthTypes.Time64us,
	types.Timestamp:  arrow.FixedWidthTypes.Timestamp_us,
	types.Datetime:   &arrow.TimestampType{Unit: arrow.Microsecond},
	types.Numeric:    &arrow.Decimal128Type{Precision: 38, Scale: numericScale},
	types.BigNumeric: &arrow.Decimal256Type{Precision: 76, Scale: bigNumericScale},
	types.JSON:       arrow.BinaryTypes.String,
	types.Geography:  arrow.BinaryTypes.String,
	types.Interval:   arrow.FixedWidthTypes.MonthDayNanoInterval,
}

// arrowExtensions tell the types that share one of Arrow's.
var arrowExtensions = map[types.Kind]arrow.Metadata{
	types.Datetime:  arrow.NewMetadata([]string{"ARROW:extension:name"}, []string{"google:sqlType:datetime"}),
	types.JSON:      arrow.NewMetadata([]string{"ARROW:extension:name"}, []string{"google:sqlType:json"}),
	types.Interval:  arrow.NewMetadata([]string{"ARROW:extension:name"}, []string{"google:sqlType:interval"}),
	types.Geography: arrow.NewMetadata([]string{"ARROW:extension:name", "ARROW:extension:metadata"}, []string{"google:sqlType:geography", `{"encoding": "WKT"}`}),
}

// ArrowSchema is the schema of columns.
func ArrowSchema(columns []Column) (*arrow.Schema, error) {
	fields, err := arrowFields(columns)
	if err != nil {
		return nil, err
	}
	return arrow.NewSchema(fields, nil), nil
}

func arrowFields(columns []Column) ([]arrow.Field, error) {
	fields := make([]arrow.Field, len(columns))
	for i := range columns {
		c := &columns[i]
		kind := c.Scalar().Kind
		t, ok := arrowTypes[kind]
		if kind == types.Struct {
			inner, err := arrowFields(c.Fields)
			if err != nil {
				return nil, err
			}
			t, ok = arrow.StructOf(inner...), true
		}
		if !ok {
			return nil, unsupported(c)
		}
		if c.Repeated() {
			t = arrow.ListOf(t)
		}
		fields[i] = arrow.Field{Name: c.Name, Type: t, Nullable: !c.Required && !c.Repeated(), Metadata: arrowExtensions[kind]}
	}
	return fields, nil
}

// ArrowBatch is rows as a batch of the schema of their columns. The caller releases it.
func ArrowBatch(schema *arrow.Schema, columns []Column, rows [][]any) (arrow.RecordBatch, error) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range columns {
		c := &columns[i]
		field := b.Field(i)
		field.Reserve(len(rows))
		for _, row := range rows {
			if err := arrowValue(field, c, row[c.At]); err != nil {
				return nil, fmt.Errorf("field %s: %w", c.Name, err)
			}
		}
	}
	return b.NewRecordBatch(), nil
}

func arrowValue(b array.Builder, c *Column, v any) error {
	if !c.Repeated() {
		return arrowScalar(b, c, v)
	}
	list, _ := v.([]any) // a NULL array reads as an empty one
	into := b.(*array.ListBuilder)
	into.Append(true)
	for _, e := range list {
		if err := arrowScalar(into.ValueBuilder(), c, e); err != nil {
			return err
		}
	}
	return nil
}

func arrowScalar(b array.Builder, c *Column, v any) error {
	switch x := v.(type) {
	case nil:
		b.AppendNull()
	case int64:
		b.(*array.Int64Builder).Append(x)
	case float64:
		b.(*array.Float64Builder).Append(x)
	case bool:
		b.(*array.BooleanBuilder).Append(x)
	case []byte:
		b.(*array.BinaryBuilder).Append(x)
	case time.Time:
		b.(*array.TimestampBuilder).Append(arrow.Timestamp(x.UnixMicro()))
	case civil.DateTime:
		b.(*array.TimestampBuilder).Append(arrow.Timestamp(x.In(time.UTC).UnixMicro()))
	case civil.Date:
		b.(*array.Date32Builder).Append(arrow.Date32(days(x)))
	case civil.Time:
		b.(*array.Time64Builder).Append(arrow.Time64(micros(x)))
	case []any:
		return arrowStruct(b, c, x)
	case string:
		return arrowText(b, c, x)
	default:
		return fmt.Errorf("a %T for a %s", v, c.Scalar())
	}
	return nil
}

func arrowStruct(b array.Builder, c *Column, values []any) error {
	into := b.(*array.StructBuilder)
	into.Append(true)
	for i := range c.Fields {
		f := &c.Fields[i]
		if err := arrowValue(into.FieldBuilder(i), f, values[f.At]); err != nil {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
	}
	return nil
}

// arrowText appends a value whose notation in Rows is text.
func arrowText(b array.Builder, c *Column, s string) error {
	switch into := b.(type) {
	case *array.StringBuilder:
		into.Append(s)
	case *array.Decimal128Builder:
		n, err := unscaled(s, numericScale)
		if err != nil {
			return err
		}
		into.Append(decimal128.FromBigInt(n))
	case *array.Decimal256Builder:
		n, err := unscaled(s, bigNumericScale)
		if err != nil {
			return err
		}
		into.Append(decimal256.FromBigInt(n))
	case *array.MonthDayNanoIntervalBuilder:
		n, err := parseInterval(s)
		if err != nil {
			return err
		}
		into.Append(n)
	default:
		return fmt.Errorf("text for a %s", c.Scalar())
	}
	return nil
}
