package columnar

import (
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"cloud.google.com/go/civil"
	"github.com/hamba/avro/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

type (
	avroRecord struct {
		Type   string      `json:"type"`
		Name   string      `json:"name"`
		Fields []avroField `json:"fields"`
	}
	avroField struct {
		Name string `json:"name"`
		Type any    `json:"type"`
	}
	avroArray struct {
		Type  string `json:"type"`
		Items any    `json:"items"`
	}
	// avroScalar is a type with attributes.
	avroScalar struct {
		Type        string `json:"type"`
		LogicalType string `json:"logicalType,omitempty"`
		Precision   int    `json:"precision,omitempty"`
		Scale       int    `json:"scale,omitempty"`
		SQLType     string `json:"sqlType,omitempty"`
	}
)

// avroTypes are the types of scalars
// (https://cloud.google.com/bigquery/docs/reference/storage#avro_schema_details).
var avroTypes = map[types.Kind]any{
	types.Int64:      "long",
	types.Float64:    "double",
	types.Bool:       "boolean",
	types.String:     "string",
	types.Bytes:      "bytes",
	types.Date:       avroScalar{Type: "int", LogicalType: "date"},
	types.Time:       avroScalar{Type: "long", LogicalType: "time-micros"},
	types.Timestamp:  avroScalar{Type: "long", LogicalType: "timestamp-micros"},
	types.Datetime:   avroScalar{Type: "string", SQLType: "DATETIME"},
	types.Numeric:    avroScalar{Type: "bytes", LogicalType: "decimal", Precision: 38, Scale: 9},
	types.BigNumeric: avroScalar{Type: "bytes", LogicalType: "decimal", Precision: 77, Scale: 38},
	types.JSON:       avroScalar{Type: "string", SQLType: "JSON"},
	types.Geography:  avroScalar{Type: "string", SQLType: "GEOGRAPHY"},
	types.Interval:   avroScalar{Type: "string", SQLType: "INTERVAL"},
}

// avroName is what Avro allows as the name of a field (https://avro.apache.org/docs/current/specification/#names).
var avroName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// rawTypes are the types of times without what Avro says of their meaning.
var rawTypes = map[types.Kind]any{types.Date: "int", types.Time: "long", types.Timestamp: "long"}

// AvroSchema is the schema of columns as a record of a name. Without logical types times are numbers.
func AvroSchema(name string, columns []Column, logical bool) (string, error) {
	w := avroSchema{logical: logical}
	root, err := w.record(name, columns)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(root)
	if err != nil {
		return "", fmt.Errorf("write the Avro schema: %w", err)
	}
	return string(text), nil
}

// An avroSchema makes the schema of a record, and counts those inside, which names tell apart.
type avroSchema struct {
	logical bool
	records int
}

func (w *avroSchema) record(name string, columns []Column) (avroRecord, error) {
	r := avroRecord{Type: "record", Name: name, Fields: []avroField{}}
	for i := range columns {
		c := &columns[i]
		if !avroName.MatchString(c.Name) {
			return r, fmt.Errorf("%w, %q, is not supported in Avro", ErrName, c.Name)
		}
		t, err := w.scalar(c)
		switch {
		case err != nil:
			return r, err
		case c.Repeated():
			t = avroArray{"array", t}
		case !c.Required:
			t = []any{"null", t}
		}
		r.Fields = append(r.Fields, avroField{c.Name, t})
	}
	return r, nil
}

// scalar is the type of a column, or of its elements.
func (w *avroSchema) scalar(c *Column) (any, error) {
	kind := c.Scalar().Kind
	if kind == types.Struct {
		name := fmt.Sprintf("__s_%d", w.records)
		w.records++
		return w.record(name, c.Fields)
	}
	if raw, ok := rawTypes[kind]; ok && !w.logical {
		return raw, nil
	}
	if t, ok := avroTypes[kind]; ok {
		return t, nil
	}
	return nil, unsupported(c)
}

// WriteAvro writes a row in Avro's binary notation.
func WriteAvro(w *avro.Writer, columns []Column, row []any) error {
	for i := range columns {
		c := &columns[i]
		if err := avroValue(w, c, row[c.At]); err != nil {
			return fmt.Errorf("field %s: %w", c.Name, err)
		}
	}
	return nil
}

func avroValue(w *avro.Writer, c *Column, v any) error {
	switch {
	case c.Repeated():
		list, _ := v.([]any) // a NULL array reads as an empty one
		if len(list) > 0 {
			w.WriteLong(int64(len(list)))
		}
		for _, e := range list {
			if err := avroScalarValue(w, c, e); err != nil {
				return err
			}
		}
		w.WriteLong(0) // ends the blocks
		return nil
	case c.Required:
	case v == nil:
		w.WriteLong(0) // the branch of null
		return nil
	default:
		w.WriteLong(1)
	}
	return avroScalarValue(w, c, v)
}

func avroScalarValue(w *avro.Writer, c *Column, v any) error {
	switch x := v.(type) {
	case int64:
		w.WriteLong(x)
	case float64:
		w.WriteDouble(x)
	case bool:
		w.WriteBool(x)
	case []byte:
		w.WriteBytes(x)
	case time.Time:
		w.WriteLong(x.UnixMicro())
	case civil.Date:
		w.WriteInt(days(x))
	case civil.Time:
		w.WriteLong(micros(x))
	case civil.DateTime:
		w.WriteString(datetimeText(x))
	case []any:
		return WriteAvro(w, c.Fields, x)
	case string:
		return avroText(w, c, x)
	default:
		return fmt.Errorf("a %T for a %s", v, c.Scalar())
	}
	return nil
}

// avroText writes a value whose notation in Rows is text.
func avroText(w *avro.Writer, c *Column, s string) error {
	scale, ok := scaleOf(c.Scalar().Kind)
	if !ok {
		w.WriteString(s)
		return nil
	}
	n, err := unscaled(s, scale)
	if err != nil {
		return err
	}
	w.WriteBytes(twosComplement(n))
	return nil
}
