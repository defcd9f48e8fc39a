// Package types holds the types of GoogleSQL and the notations of their values:
// their names in SQL and in REST schemas, their types in DuckDB, the f/v rows of
// the REST API, the JSON of insertAll and of load files, and the text of CSV files.
//
// It holds no tables and does no arithmetic.
package types

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is the outermost part of a type.
type Kind int

// The kinds of types that the emulator stores, under their GoogleSQL names.
const (
	Invalid Kind = iota
	Int64
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
	Range
	Array
	Struct
)

// kinds holds what is known of each kind: its GoogleSQL name, its name in REST
// schemas, its name in the messages of conversions, and its DuckDB type. A
// TIMESTAMP is kept as the naive time in UTC: DuckDB computes on it without its
// time zone library.
var kinds = [...]struct{ sql, rest, message, duck string }{
	Invalid:    {"INVALID", "", "invalid", ""},
	Int64:      {"INT64", "INTEGER", "integer", "BIGINT"},
	Float64:    {"FLOAT64", "FLOAT", "double", "DOUBLE"},
	Bool:       {"BOOL", "BOOLEAN", "boolean", "BOOLEAN"},
	String:     {"STRING", "STRING", "string", "VARCHAR"},
	Bytes:      {"BYTES", "BYTES", "bytes", "BLOB"},
	Date:       {"DATE", "DATE", "date", "DATE"},
	Time:       {"TIME", "TIME", "time", "TIME"},
	Datetime:   {"DATETIME", "DATETIME", "datetime", "TIMESTAMP"},
	Timestamp:  {"TIMESTAMP", "TIMESTAMP", "timestamp", "TIMESTAMP"},
	Numeric:    {"NUMERIC", "NUMERIC", "numeric", "DECIMAL(38,9)"},
	BigNumeric: {"BIGNUMERIC", "BIGNUMERIC", "bignumeric", "BLOB"},
	JSON:       {"JSON", "JSON", "json", "VARCHAR"},
	Interval:   {"INTERVAL", "INTERVAL", "interval", "INTERVAL"},
	Geography:  {"GEOGRAPHY", "GEOGRAPHY", "geography", "VARCHAR"},
	Range:      {"RANGE", "RANGE", "range", ""},
	Array:      {"ARRAY", "", "array", ""},
	Struct:     {"STRUCT", "RECORD", "record", ""},
}

// byName finds a kind by any of the names that schemas and SQL use.
var byName = func() map[string]Kind {
	m := map[string]Kind{
		"INT": Int64, "SMALLINT": Int64, "BIGINT": Int64, "TINYINT": Int64, "BYTEINT": Int64,
		"DECIMAL": Numeric, "BIGDECIMAL": BigNumeric, "FLOAT": Float64,
	}
	for k, n := range kinds {
		if Kind(k) == Invalid {
			continue
		}
		m[n.sql] = Kind(k)
		if n.rest != "" {
			m[n.rest] = Kind(k)
		}
	}
	return m
}()

// Kinds are all kinds but Invalid.
func Kinds() []Kind {
	var list []Kind
	for k := range kinds {
		if Kind(k) != Invalid {
			list = append(list, Kind(k))
		}
	}
	return list
}

// KindOf finds a kind by its name in SQL or in a REST schema.
func KindOf(name string) (Kind, bool) {
	if k, ok := byName[name]; ok {
		return k, true
	}
	k, ok := byName[strings.ToUpper(name)]
	return k, ok
}

// String is the GoogleSQL name of the kind.
func (k Kind) String() string { return kinds[k].sql }

// Legacy is the kind's name in lower case as messages about values of rows and
// files spell it, e.g. integer for INT64.
func (k Kind) Legacy() string { return kinds[k].message }

// Type is a GoogleSQL type.
type Type struct {
	Kind   Kind
	Elem   *Type   // of an ARRAY or a RANGE
	Fields []Field // of a STRUCT
	// Collation is how texts of a STRING are compared, CaseInsensitive or "" for by their characters.
	Collation string
}

// CaseInsensitive is the collation that ignores case, the only one of BigQuery
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/collation-concepts).
const CaseInsensitive = "und:ci"

// Collated is a type whose texts are compared by a collation, "" for by their characters.
func Collated(t *Type, collation string) *Type {
	if t == nil || t.Kind != String || t.Collation == collation {
		return t
	}
	return &Type{Kind: String, Collation: collation}
}

// Of is the simple type of a kind.
func Of(k Kind) *Type { return &Type{Kind: k} }

// ArrayOf is the type ARRAY<elem>.
func ArrayOf(elem *Type) *Type { return &Type{Kind: Array, Elem: elem} }

// String is the type in GoogleSQL.
func (t *Type) String() string { return t.text("") }

// SQL is the type in GoogleSQL with the names of fields quoted, so that it can be read
// again.
func (t *Type) SQL() string { return t.text("`") }

// text is the type in GoogleSQL, with a quote around the names of fields.
func (t *Type) text(quote string) string {
	switch t.Kind {
	case Array, Range:
		return t.Kind.String() + "<" + t.Elem.text(quote) + ">"
	case Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			if fields[i] = f.Type.text(quote); f.Name != "" {
				fields[i] = quote + f.Name + quote + " " + fields[i]
			}
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
	case Range:
		return fmt.Sprintf(`STRUCT("start" %[1]s, "end" %[1]s)`, t.Elem.DuckDB())
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

// Holds reports whether something is so of the type, or of one that it is made of.
func (t *Type) Holds(is func(*Type) bool) bool {
	switch t.Kind {
	case Array, Range:
		return is(t) || t.Elem.Holds(is)
	case Struct:
		return is(t) || slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Type.Holds(is) })
	}
	return is(t)
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
	if t.Kind == Array || t.Kind == Range {
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
