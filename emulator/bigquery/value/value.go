// Package value converts between the engine's typed values and the notations
// BigQuery's interfaces use for them: the f/v rows of the REST API, the JSON of
// insertAll and of load files, and the text of CSV files.
//
// It knows types and spelling only. It holds no tables and does no arithmetic.
package value

import (
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// Errorf is fmt.Errorf for messages in BigQuery's own wording, which are
// sentences and begin with a capital.
func Errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// A Kind is a BigQuery type without its mode.
type Kind uint8

// The kinds, under their GoogleSQL names.
const (
	Invalid Kind = iota
	String
	Bytes
	Int64
	Float64
	Bool
	Timestamp
	Date
	Time
	DateTime
	Numeric
	BigNumeric
	JSON
	Geography
	Interval
	Struct
)

var kinds = map[string]Kind{
	"STRING": String, "BYTES": Bytes,
	"INTEGER": Int64, "INT64": Int64,
	"FLOAT": Float64, "FLOAT64": Float64,
	"BOOLEAN": Bool, "BOOL": Bool,
	"TIMESTAMP": Timestamp, "DATE": Date, "TIME": Time, "DATETIME": DateTime,
	"NUMERIC": Numeric, "BIGNUMERIC": BigNumeric,
	"JSON": JSON, "GEOGRAPHY": Geography, "INTERVAL": Interval,
	"RECORD": Struct, "STRUCT": Struct,
}

// KindOf returns the kind of a REST type name, standard or legacy, in any case.
func KindOf(name string) Kind {
	if k, ok := kinds[name]; ok {
		return k
	}
	return kinds[strings.ToUpper(name)]
}

// A Field is a column or a struct's field, prepared for conversion.
type Field struct {
	Name     string
	Kind     Kind
	Repeated bool
	Required bool
	Fields   []Field // of a Struct

	byName map[string]int // lower-case name of a sub-field → its index
}

// Schema prepares a REST schema.
func Schema(fields []*bqv2.TableFieldSchema) ([]Field, error) {
	out := make([]Field, len(fields))
	for i, f := range fields {
		k := KindOf(f.Type)
		if k == Invalid {
			return nil, fmt.Errorf("field %s has type %q, which the emulator does not support", f.Name, f.Type)
		}
		sub, err := Schema(f.Fields)
		if err != nil {
			return nil, err
		}
		out[i] = Field{
			Name:     f.Name,
			Kind:     k,
			Repeated: strings.EqualFold(f.Mode, "REPEATED"),
			Required: strings.EqualFold(f.Mode, "REQUIRED"),
			Fields:   sub,
			byName:   Index(sub),
		}
	}
	return out, nil
}

// Index maps the lower-case names of fields to their positions: BigQuery's
// column names don't distinguish case.
func Index(fields []Field) map[string]int {
	m := make(map[string]int, len(fields))
	for i, f := range fields {
		m[strings.ToLower(f.Name)] = i
	}
	return m
}

// lookup finds a name in an index made by Index, without allocating for names
// that are in lower case already.
func lookup(index map[string]int, name string) (int, bool) {
	if i, ok := index[name]; ok {
		return i, true
	}
	i, ok := index[strings.ToLower(name)]
	return i, ok
}
