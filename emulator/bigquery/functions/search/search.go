package search

import (
	"database/sql/driver"
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// search are the functions that analyze text
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/search_functions#search).
// Their named arguments come by position here.
var search = function.Group{
	Scalars: map[string]function.Scalar{
		"search": searchCall,
		"text_analyze": func(c *function.Call) string {
			return fmt.Sprintf("bq_text_analyze(%s, %s, %s)", c.Args[0], c.Arg(1, "NULL"), c.Arg(2, "NULL"))
		},
	},
	Signatures: map[string]function.Signature{
		"search":       {Result: "BOOL", Args: []string{"ANY1", "STRING", "STRING", "STRING", "STRING"}, Optional: 3},
		"text_analyze": {Result: "ARRAY<STRING>", Args: []string{"STRING", "STRING", "STRING"}, Optional: 2},
	},
	Natives: []function.Native{
		{Name: "bq_search", Args: function.Types{function.Text, function.Text, function.Text, function.Text}, Result: function.Boolean, Nulls: true, Call: func(a []driver.Value) (any, error) {
			q, err := queryOf(a[1], a[2], a[3])
			if err != nil || a[0] == nil {
				return nil, err
			}
			return q.matches(a[0].(string)), nil
		}},
		{Name: "bq_search_json", Args: function.Types{function.Text, function.Text, function.Text, function.Text, function.Text}, Result: function.Boolean, Nulls: true, Call: searchJSON},
		{Name: "bq_text_analyze", Args: function.Types{function.Text, function.Text, function.Text}, Result: function.TextList, Nulls: true, Call: func(a []driver.Value) (any, error) {
			analyzer, err := analyzerOf(a[1], a[2])
			if err != nil || a[0] == nil {
				return nil, err
			}
			return analyzer.tokens(a[0].(string)), nil
		}},
	},
}

// searchCall searches each STRING in the data: TRUE if one of them has all that is asked for, else
// NULL if one is NULL.
func searchCall(c *function.Call) string {
	return c.Once(func(c *function.Call) string {
		s := &searcher{c, c.Args[1] + ", " + c.Arg(3, "NULL") + ", " + c.Arg(4, "NULL"), c.Arg(2, "NULL")}
		if c.Types[0].Kind == types.String {
			return s.text(c.Args[0])
		}
		// The query is checked even where the data has no STRING.
		return fmt.Sprintf("CASE WHEN bq_search('', %s) IS NULL THEN NULL ELSE bq_any(%s) END", s.query, s.found(c.Args[0], c.Types[0]))
	})
}

// searcher writes the search of a value.
type searcher struct {
	*function.Call
	query string // arguments of bq_search: the query, the analyzer and its options
	scope string // of JSON
}

func (s *searcher) text(x string) string { return "bq_search(" + x + ", " + s.query + ")" }

// found is an expression of what the search of each STRING in a value yields, a list.
func (s *searcher) found(x string, t *types.Type) string {
	switch t.Kind {
	case types.String:
		return "[" + s.text(x) + "]"
	case types.JSON:
		return "[bq_search_json(" + x + ", " + s.query + ", " + s.scope + ")]"
	case types.Array:
		e := s.Fresh("e")
		return fmt.Sprintf("flatten(list_transform(coalesce(%s, []), lambda %s: %s))", x, e, s.found(e, t.Elem))
	case types.Struct:
		out := "[]::BOOLEAN[]"
		for i, f := range t.Fields {
			if f.Type.Searchable() {
				out = fmt.Sprintf("list_concat(%s, %s)", out, s.found(ducksql.Field(x, t, i), f.Type))
			}
		}
		return out
	}
	return "[]::BOOLEAN[]"
}
