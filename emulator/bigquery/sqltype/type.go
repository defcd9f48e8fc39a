// Package sqltype describes GoogleSQL types without the analyzer: their names
// in BigQuery's schemas and their representation in DuckDB.
package sqltype

import (
	"fmt"
	"strings"
)

// Kind is the outermost part of a type.
type Kind int

// The kinds of types that the emulator stores.
const (
	Int64 Kind = iota + 1
	Float64
	Bool
	String
	Bytes
	Date
	Time
	Datetime
	Timestamp
	Numeric
	BigNumeric
	JSON
	Interval
	Geography
	Array
	Struct
)

// kinds holds what is known of each kind: its GoogleSQL name, its name in REST
// schemas and its DuckDB type. A TIMESTAMP is kept as the naive time in UTC:
// DuckDB computes on it without its time zone library.
var kinds = map[Kind]struct{ sql, rest, duck string }{
	Int64:      {"INT64", "INTEGER", "BIGINT"},
	Float64:    {"FLOAT64", "FLOAT", "DOUBLE"},
	Bool:       {"BOOL", "BOOLEAN", "BOOLEAN"},
	String:     {"STRING", "STRING", "VARCHAR"},
	Bytes:      {"BYTES", "BYTES", "BLOB"},
	Date:       {"DATE", "DATE", "DATE"},
	Time:       {"TIME", "TIME", "TIME"},
	Datetime:   {"DATETIME", "DATETIME", "TIMESTAMP"},
	Timestamp:  {"TIMESTAMP", "TIMESTAMP", "TIMESTAMP"},
	Numeric:    {"NUMERIC", "NUMERIC", "DECIMAL(38,9)"},
	BigNumeric: {"BIGNUMERIC", "BIGNUMERIC", "DECIMAL(38,18)"},
	JSON:       {"JSON", "JSON", "VARCHAR"},
	Interval:   {"INTERVAL", "INTERVAL", "INTERVAL"},
	Geography:  {"GEOGRAPHY", "GEOGRAPHY", "VARCHAR"},
	Array:      {"ARRAY", "", ""},
	Struct:     {"STRUCT", "RECORD", ""},
}

// byName finds a kind by any of the names that schemas and SQL use.
var byName = func() map[string]Kind {
	m := map[string]Kind{
		"INT": Int64, "SMALLINT": Int64, "BIGINT": Int64, "TINYINT": Int64, "BYTEINT": Int64,
		"DECIMAL": Numeric, "BIGDECIMAL": BigNumeric, "FLOAT": Float64,
	}
	for k, n := range kinds {
		m[n.sql] = k
		if n.rest != "" {
			m[n.rest] = k
		}
	}
	return m
}()

// KindOf finds a kind by its name in SQL or in a REST schema.
func KindOf(name string) (Kind, bool) {
	k, ok := byName[strings.ToUpper(name)]
	return k, ok
}

func (k Kind) String() string { return kinds[k].sql }

// Type is a GoogleSQL type.
type Type struct {
	Kind   Kind
	Elem   *Type   // of an ARRAY
	Fields []Field // of a STRUCT
}

// Field is a field of a STRUCT; its name may be empty.
type Field struct {
	Name string
	Type *Type
}

// Of is the simple type of a kind.
func Of(k Kind) *Type { return &Type{Kind: k} }

// ArrayOf is the type ARRAY<elem>.
func ArrayOf(elem *Type) *Type { return &Type{Kind: Array, Elem: elem} }

// String is the type in GoogleSQL.
func (t *Type) String() string {
	switch t.Kind {
	case Array:
		return "ARRAY<" + t.Elem.String() + ">"
	case Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = strings.TrimSpace(f.Name + " " + f.Type.String())
		}
		return "STRUCT<" + strings.Join(fields, ", ") + ">"
	default:
		return t.Kind.String()
	}
}

// DuckDB is the DuckDB type that holds values of the type.
func (t *Type) DuckDB() string {
	switch t.Kind {
	case Array:
		return t.Elem.DuckDB() + "[]"
	case Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = Quote(t.Key(i)) + " " + f.Type.DuckDB()
		}
		return "STRUCT(" + strings.Join(fields, ", ") + ")"
	default:
		return kinds[t.Kind].duck
	}
}

// Key is the name of the i-th field of a STRUCT in DuckDB, where names must
// exist and differ regardless of case.
func (t *Type) Key(i int) string {
	name := t.Fields[i].Name
	unique := name != "" && !strings.HasPrefix(name, "_f_")
	for j := 0; unique && j < len(t.Fields); j++ {
		unique = j == i || !strings.EqualFold(t.Fields[j].Name, name)
	}
	if unique {
		return name
	}
	return fmt.Sprintf("_f_%d", i)
}

// Equal reports whether two types are the same, names of fields included.
func (t *Type) Equal(u *Type) bool {
	return t.Same(u) && t.String() == u.String()
}

// Same reports whether two types are the same but for the names of fields.
func (t *Type) Same(u *Type) bool {
	if t.Kind != u.Kind || len(t.Fields) != len(u.Fields) {
		return false
	}
	if t.Kind == Array {
		return t.Elem.Same(u.Elem)
	}
	for i := range t.Fields {
		if !t.Fields[i].Type.Same(u.Fields[i].Type) {
			return false
		}
	}
	return true
}

// Quote quotes an identifier for DuckDB.
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
