package load

import (
	"bytes"

	"github.com/hamba/avro/v2"
	"github.com/hamba/avro/v2/ocf"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// readAvro reads an object container file. Fields meet columns by name.
func readAvro(c *bqv2.JobConfigurationLoad, schema []*bqv2.TableFieldSchema, data []byte) (*Data, error) {
	d, err := ocf.NewDecoder(bytes.NewReader(data))
	if err != nil {
		return nil, types.Errorf("The Apache Avro library failed to parse the header with the following error: %w", err)
	}
	defer d.Close()
	root, ok := d.Schema().(*avro.RecordSchema)
	if !ok {
		return nil, types.Errorf("The Avro schema's top level is no record")
	}
	if schema == nil {
		if schema, err = avroFields(root, c.UseAvroLogicalTypes); err != nil {
			return nil, err
		}
	}
	fields, err := prepare(schema)
	if err != nil {
		return nil, err
	}
	out := &Data{Schema: schema}
	for d.HasNext() {
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, types.Errorf("The Apache Avro library failed to read data with the following error: %w", err)
		}
		row, err := avroRow(v, root, fields, c.IgnoreUnknownValues)
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, row)
	}
	if err := d.Error(); err != nil {
		return nil, types.Errorf("The Apache Avro library failed to read data with the following error: %w", err)
	}
	return out, nil
}

// branch resolves references, and a union of null and one type to the latter.
func branch(s avro.Schema) (_ avro.Schema, union, nullable bool) {
	if ref, ok := s.(*avro.RefSchema); ok {
		return ref.Schema(), false, false
	}
	u, ok := s.(*avro.UnionSchema)
	if !ok {
		return s, false, false
	}
	var rest []avro.Schema
	for _, t := range u.Types() {
		if t.Type() == avro.Null {
			nullable = true
		} else {
			rest = append(rest, t)
		}
	}
	if len(rest) == 1 {
		inner, _, _ := branch(rest[0])
		return inner, true, nullable
	}
	return u, true, nullable
}

// avroFields derives a table's schema from a record's.
func avroFields(r *avro.RecordSchema, logical bool) ([]*bqv2.TableFieldSchema, error) {
	var out []*bqv2.TableFieldSchema
	for _, f := range r.Fields() {
		s, union, _ := branch(f.Type())
		mode := "REQUIRED"
		if union {
			mode = "NULLABLE"
		}
		field := &bqv2.TableFieldSchema{Name: columnName(f.Name()), Mode: mode}
		if a, ok := s.(*avro.ArraySchema); ok {
			field.Mode = "REPEATED"
			s, _, _ = branch(a.Items())
		}
		if m, ok := s.(*avro.MapSchema); ok {
			entry, err := mapFields(m, logical)
			if err != nil {
				return nil, err
			}
			field.Mode, field.Type, field.Fields = "REPEATED", "RECORD", entry
			out = append(out, field)
			continue
		}
		if err := avroType(field, s, logical); err != nil {
			return nil, err
		}
		out = append(out, field)
	}
	return out, nil
}

func mapFields(m *avro.MapSchema, logical bool) ([]*bqv2.TableFieldSchema, error) {
	s, _, _ := branch(m.Values())
	v := &bqv2.TableFieldSchema{Name: "value", Mode: "NULLABLE"}
	if err := avroType(v, s, logical); err != nil {
		return nil, err
	}
	return []*bqv2.TableFieldSchema{{Name: "key", Type: "STRING", Mode: "REQUIRED"}, v}, nil
}

// primitives are the column types of Avro's types without a logical type.
var primitives = map[avro.Type]string{
	avro.Boolean: "BOOLEAN", avro.Int: "INTEGER", avro.Long: "INTEGER", avro.Float: "FLOAT", avro.Double: "FLOAT",
	avro.Bytes: "BYTES", avro.Fixed: "BYTES", avro.String: "STRING", avro.Enum: "STRING",
}

// logicals are those of the logical types, used when the load asks for them.
var logicals = map[avro.LogicalType]string{
	avro.Date: "DATE", avro.TimeMillis: "TIME", avro.TimeMicros: "TIME",
	avro.TimestampMillis: "TIMESTAMP", avro.TimestampMicros: "TIMESTAMP",
	avro.LocalTimestampMillis: "DATETIME", avro.LocalTimestampMicros: "DATETIME",
}

func avroType(f *bqv2.TableFieldSchema, s avro.Schema, logical bool) error {
	if r, ok := s.(*avro.RecordSchema); ok {
		var err error
		f.Type = "RECORD"
		f.Fields, err = avroFields(r, logical)
		return err
	}
	if l, ok := s.(avro.LogicalTypeSchema); ok && l.Logical() != nil {
		kind := l.Logical().Type()
		if kind == avro.Decimal {
			f.Type = "NUMERIC"
			return nil
		}
		if t, ok := logicals[kind]; ok && logical {
			f.Type = t
			return nil
		}
	}
	t, ok := primitives[s.Type()]
	if !ok {
		return types.Errorf("Field %s has the Avro type %s, which can't be loaded", f.Name, s.Type())
	}
	f.Type = t
	return nil
}
