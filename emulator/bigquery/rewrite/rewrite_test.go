package rewrite

import (
	"strings"
	"testing"
)

func TestCalls(t *testing.T) {
	for _, test := range []struct{ sql, want string }{
		{"SELECT SEARCH(a, 'x') FROM t", "SELECT SEARCH(a, 'x') FROM t"},
		{"SELECT search(a, 'x', analyzer => 'NO_OP_ANALYZER')", "SELECT SEARCH(a, 'x', NULL, 'NO_OP_ANALYZER')"},
		{"SELECT SEARCH(a, 'x', analyzer_options=>'{\"delimiters\": [\" \"]}', json_scope => 'JSON_KEYS')",
			"SELECT SEARCH(a, 'x', 'JSON_KEYS', NULL, '{\"delimiters\": [\" \"]}')"},
		{"SELECT SEARCH((a, b), CONCAT('x', \")\"), analyzer /* , */ => 'LOG_ANALYZER') -- SEARCH(a, b => c)",
			"SELECT SEARCH((a, b), CONCAT('x', \")\"), NULL, 'LOG_ANALYZER') -- SEARCH(a, b => c)"},
		{"SELECT 'SEARCH(a, b => c)', `search(`, d.search(a, b => c)", "SELECT 'SEARCH(a, b => c)', `search(`, d.search(a, b => c)"},
		{"SELECT SEARCH(SEARCH(a, 'x', analyzer => 'b'), 'y', json_scope => 'c')", "SELECT SEARCH(SEARCH(a, 'x', NULL, 'b'), 'y', 'c')"},
		{"SELECT TEXT_ANALYZE('''it's (''', analyzer_options => 'o')", "SELECT TEXT_ANALYZE('''it's (''', NULL, 'o')"},
		{"CREATE TEMP FUNCTION search(a STRING) AS (a)", "CREATE TEMP FUNCTION search(a STRING) AS (a)"},
		{"SELECT ML.DISTANCE(a, b), ML.DISTANCE([1.0], [f(2, 3)], 'cosine')", "SELECT EUCLIDEAN_DISTANCE(a, b), COSINE_DISTANCE([1.0], [f(2, 3)])"},
		{"SELECT ML.DISTANCE(a, b, 'JACCARD')", `error: Invalid type "JACCARD" of ML.DISTANCE: it must be EUCLIDEAN, MANHATTAN or COSINE`},
		{"SELECT SEARCH(a, 'x', stem => TRUE)", "error: Named argument `stem` not found in signature for call to function SEARCH"},
		{"SELECT SEARCH(a, analyzer => 'x', 'y')", "error: Call to function SEARCH must not specify positional arguments after named arguments"},
		{"SELECT SEARCH(a, 'x', analyzer => 'y', analyzer => 'z')", "error: Duplicate named argument `analyzer` found in call to function SEARCH"},
		{"SELECT SEARCH(a, 'x', 'JSON_KEYS')", "error: Positional argument is invalid because this function restricts that this argument is referred to by name `json_scope` only, in call to function SEARCH"},
		{"SELECT SEARCH(a, 'x'", "SELECT SEARCH(a, 'x'"},
		{"SELECT TF_IDF(f, 3) OVER ( ) AS x", "SELECT _emulator_tf_idf(TO_JSON_STRING(CAST(f AS ARRAY<STRING>)), STRING_AGG(TO_JSON_STRING(CAST(f AS ARRAY<STRING>)), ',') OVER (), 3, 5) AS x"},
		{"SELECT TF_IDF(f) OVER (PARTITION BY a)", "error: TF_IDF without OVER () behind it is not supported by this emulator"},
		{"ALTER TABLE t ALTER COLUMN c SET OPTIONS (data_policies += ['data_policies += '])",
			"ALTER TABLE t ALTER COLUMN c SET OPTIONS (_emulator_data_policies_added = ['data_policies += '])"},
		{"SELECT * FROM VECTOR_SEARCH(TABLE t, 'e', query_value => [1.0], query_column_to_search => 'f')", "error: query_column_to_search of VECTOR_SEARCH is not allowed with query_value"},
		{"SELECT * FROM VECTOR_SEARCH(TABLE t, 'e', TABLE q, query_value => [1.0])", "error: No matching signature for VECTOR_SEARCH: it takes a base table, its column, and a query table or query_value"},
		{"SELECT * FROM VECTOR_SEARCH(TABLE t, 'e', TABLE q, distance_type => 'DOT_PRODUCT')", "error: the distance_type DOT_PRODUCT of VECTOR_SEARCH is not supported by this emulator"},
		{"SELECT * FROM VECTOR_SEARCH(TABLE t, 'e', TABLE q, options => '{\"use_brute_force\": true, \"fraction_lists_to_search\": 0.5}')",
			"error: Invalid options of VECTOR_SEARCH: fraction_lists_to_search and use_brute_force can't be set together"},
		{"SELECT * FROM VECTOR_SEARCH(TABLE t, 'e', TABLE q, options => '{\"lists\": 1}')", `error: Invalid options of VECTOR_SEARCH {"lists": 1}: json: unknown field "lists"`},
		{"SELECT * FROM VECTOR_SEARCH(TABLE t, 'e', TABLE q, nearest => 1)", "error: Named argument `nearest` not found in signature for call to function VECTOR_SEARCH"},
		{"SELECT * FROM VECTOR_SEARCH(t, 'e', TABLE q)", "error: VECTOR_SEARCH takes TABLE and a name, or a query in parentheses: t"},
	} {
		got, edits, err := Calls(test.sql)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.sql, got, test.want)
		}
		if back := Undo(got, edits); err == nil && back != test.sql {
			t.Errorf("undone it is %s, want %s", back, test.sql)
		}
	}
}

// VECTOR_SEARCH becomes one subquery, with an alias after it or none.
func TestVectorSearch(t *testing.T) {
	got, edits, err := Calls("SELECT * FROM VECTOR_SEARCH((SELECT * FROM b WHERE x), 'e', TABLE `p.d`.q, 'f', top_k => 2, distance_type => 'COSINE') AS v")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"COSINE_DISTANCE(base.`e`, query.`f`)", "FROM `p.d`.q AS _vector_query", "FROM (SELECT * FROM b WHERE x) AS _vector_base", "place <= (2)) AS v"} {
		if !strings.Contains(got, part) {
			t.Errorf("%s lacks %s", got, part)
		}
	}
	if len(edits) != 1 {
		t.Errorf("%d edits, want 1", len(edits))
	}
}
