// Package parquet reads Parquet files with DuckDB, by BigQuery's rules of how their types become its own
// (https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet).
package parquet

import (
	"context"
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Options are those of configuration.load that concern Parquet.
type Options struct {
	EnumAsString   bool
	ListInference  bool         // a LIST is an ARRAY, and not a STRUCT of one
	MapsAsArrays   bool         // a MAP is an ARRAY of STRUCT, and not a STRUCT of one
	DecimalTargets []string     // NUMERIC, BIGNUMERIC, STRING; none is the first two
	IgnoreUnknown  bool         // columns that the schema doesn't have
	Budget         *duck.Budget // of the rows; nil is none
}

// Read reads a file. Columns of the schema, nil for the file's own, get the values of the file's columns of their names,
// in any case, or NULL.
func Read(ctx context.Context, q duck.Queryer, path string, schema []*bqv2.TableFieldSchema, o Options) (*types.Rows, error) {
	nodes, err := readSchema(ctx, q, path)
	if err != nil {
		return nil, err
	}
	found, r := make([]value, len(nodes)), &reader{Options: o}
	for i, n := range nodes {
		if found[i], err = n.value(types.Quote(n.name), r); err != nil {
			return nil, err
		}
	}
	columns, exprs, err := choose(schema, found, o.IgnoreUnknown)
	if err != nil {
		return nil, err
	}
	if len(columns) == 0 {
		return nil, types.Errorf("the Parquet file has no columns")
	}
	read := make([]types.Field, len(columns))
	for i, c := range columns {
		read[i] = c
		read[i].Type = readAs(c.Type)
	}
	rows, err := duck.Read(ctx, q, o.Budget, read, "SELECT "+strings.Join(exprs, ", ")+" FROM read_parquet("+quoteText(path)+")")
	if err != nil {
		return nil, duck.AsBigQuery(err)
	}
	if rows.Schema = schema; schema == nil {
		rows.Schema = types.ToSchema(columns)
	}
	for _, row := range rows.Values {
		for i, c := range columns {
			if row[i], err = shorten(row[i], c.Type); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// choose are the columns to read: those of a schema, or all that were found.
func choose(schema []*bqv2.TableFieldSchema, found []value, ignoreUnknown bool) (columns []types.Field, exprs []string, err error) {
	if schema == nil {
		for _, v := range found {
			columns = append(columns, v.field)
			exprs = append(exprs, v.as(v.field.Type))
		}
		return columns, exprs, nil
	}
	if columns, err = types.FromSchema(schema); err != nil {
		return nil, nil, err
	}
	index := types.Index(columns)
	exprs = make([]string, len(columns))
	for i, c := range columns {
		exprs[i] = "CAST(NULL AS " + readAs(c.Type).DuckDB() + ")"
	}
	for _, v := range found {
		i, ok := index[strings.ToLower(v.field.Name)]
		switch {
		case !ok && !ignoreUnknown:
			return nil, nil, types.Errorf("the Parquet column '%s' has no column in the table", v.field.Name)
		case !ok:
			continue
		}
		if !holds(columns[i].Type, v.field.Type) {
			return nil, nil, types.Errorf("Parquet column '%s' has type %s which does not match the target type %s", v.field.Name, v.field.Type, columns[i].Type)
		}
		exprs[i] = v.as(columns[i].Type)
	}
	return columns, exprs, nil
}

// wider are the types that also hold values of another.
var wider = map[types.Kind][]types.Kind{
	types.Int64:     {types.Float64, types.Numeric, types.BigNumeric},
	types.Numeric:   {types.BigNumeric},
	types.String:    {types.JSON, types.Geography, types.Bytes},
	types.JSON:      {types.String},
	types.Bytes:     {types.String, types.Geography, types.JSON},
	types.Timestamp: {types.Datetime},
}

// holds reports whether a column of type t takes values of type have.
func holds(t, have *types.Type) bool {
	switch {
	case t.Kind != have.Kind:
		for _, k := range wider[have.Kind] {
			if k == t.Kind {
				return true
			}
		}
		return false
	case t.Kind == types.Array:
		return holds(t.Elem, have.Elem)
	case t.Kind == types.Struct:
		if len(t.Fields) != len(have.Fields) {
			return false
		}
		for i, f := range t.Fields {
			if !strings.EqualFold(f.Name, have.Fields[i].Name) || !holds(f.Type, have.Fields[i].Type) {
				return false
			}
		}
	}
	return true
}

// A reader makes expressions of elements.
type reader struct {
	Options
	lambdas int // that have a name
}

// A value is an element of a file as BigQuery sees it.
type value struct {
	field types.Field
	expr  string // that DuckDB reads it with; its types may be narrower than the field's
}

// as is the value as a type that holds it.
func (v value) as(t *types.Type) string {
	expr := v.expr
	if v.field.Type.Kind == types.Bytes && t.Kind != types.Bytes {
		expr = "decode(" + expr + ")"
	}
	if v.field.Type.Kind != types.Bytes && t.Kind == types.Bytes {
		expr = "encode(" + expr + ")"
	}
	return "CAST(" + expr + " AS " + readAs(t).DuckDB() + ")"
}

// value is an element that an expression of DuckDB reads.
func (n *node) value(expr string, o *reader) (value, error) {
	out := value{expr: expr}
	var err error
	switch {
	case n.repetition == "REPEATED":
		out, err = n.list(expr, o, (*node).one)
	case n.is("LIST", "ListType"):
		out, err = n.annotatedList(expr, o)
	case n.is("MAP", "MapType"), n.converted == "MAP_KEY_VALUE":
		out, err = n.entries(expr, o)
	default:
		out, err = n.one(expr, o)
	}
	out.field.Name = n.name
	out.field.Required = n.repetition == "REQUIRED" && out.field.Type != nil && out.field.Type.Kind != types.Array
	return out, err
}

// one is an element by itself, whether it is repeated or not.
func (n *node) one(expr string, o *reader) (value, error) {
	if n.children == nil {
		kind, err := n.scalar(o.Options)
		return value{types.Field{Type: types.Of(kind)}, expr}, err
	}
	return structOf(n.children, expr, func(c *node) string { return expr + "." + types.Quote(c.name) }, o)
}

// structOf is a STRUCT of elements, NULL where an expression is.
func structOf(children []*node, whole string, member func(*node) string, o *reader) (value, error) {
	t := types.Of(types.Struct)
	parts := make([]string, len(children))
	for i, c := range children {
		v, err := c.value(member(c), o)
		if err != nil {
			return value{}, err
		}
		t.Fields = append(t.Fields, v.field)
		parts[i] = types.Quote(c.name) + " := " + v.expr
	}
	return value{types.Field{Type: t}, "CASE WHEN " + whole + " IS NOT NULL THEN struct_pack(" + strings.Join(parts, ", ") + ") END"}, nil
}

// list is an ARRAY of elements, each of which read makes of one in DuckDB's list.
func (n *node) list(expr string, o *reader, read func(*node, string, *reader) (value, error)) (value, error) {
	o.lambdas++
	x := fmt.Sprintf("x%d", o.lambdas)
	v, err := read(n, x, o)
	if err != nil {
		return value{}, err
	}
	if v.field.Type.Kind == types.Array {
		return value{}, types.Errorf("Parquet column '%s' is a list of lists, which BigQuery has no type for", n.name)
	}
	return value{types.Field{Type: types.ArrayOf(v.field.Type)}, "list_transform(" + expr + ", lambda " + x + ": " + v.expr + ")"}, nil
}

// annotatedList is a LIST: a group of a repeated group of the element, which DuckDB reads as a list of elements.
func (n *node) annotatedList(expr string, o *reader) (value, error) {
	if len(n.children) != 1 {
		return value{}, types.Errorf("Parquet column '%s' is a LIST of %d elements, which can't be loaded", n.name, len(n.children))
	}
	repeated := n.children[0]
	if repeated.physical != "" || len(repeated.children) != 1 { // https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#backward-compatibility-rules
		return repeated.list(expr, o, (*node).one)
	}
	element := repeated.children[0]
	if o.ListInference {
		return element.list(expr, o, (*node).value)
	}
	list, err := repeated.list(expr, o, func(r *node, x string, o *reader) (value, error) {
		return structOf(r.children, "1", func(*node) string { return x }, o)
	})
	return wrapped(repeated.name, list, expr), err
}

// entries is a MAP: a group of a repeated group of key and value.
func (n *node) entries(expr string, o *reader) (value, error) {
	if len(n.children) != 1 || len(n.children[0].children) != 2 {
		return value{}, types.Errorf("Parquet column '%s' is a MAP without keys and values, which can't be loaded", n.name)
	}
	repeated := n.children[0]
	list, err := repeated.list("map_entries("+expr+")", o, func(r *node, x string, o *reader) (value, error) {
		names := map[*node]string{r.children[0]: "key", r.children[1]: "value"}
		return structOf(r.children, "1", func(c *node) string { return x + "." + names[c] }, o)
	})
	if o.MapsAsArrays {
		return list, err
	}
	return wrapped(repeated.name, list, expr), err
}

// wrapped is a list as the only field of a STRUCT, NULL where an expression is.
func wrapped(name string, list value, expr string) value {
	if list.field.Type == nil {
		return list
	}
	list.field.Name = name
	t := &types.Type{Kind: types.Struct, Fields: []types.Field{list.field}}
	return value{types.Field{Type: t}, "CASE WHEN " + expr + " IS NOT NULL THEN struct_pack(" + types.Quote(name) + " := " + list.expr + ") END"}
}
