package duck

import "testing"

func TestInline(t *testing.T) {
	texts := []string{"'it''s $2'", "7"}
	for _, c := range []struct{ sql, want string }{
		{"SELECT CAST($1 AS VARCHAR), $2", "SELECT CAST('it''s $2' AS VARCHAR), 7"},
		{`SELECT '$1', "$2", 'a''$1', $2`, `SELECT '$1', "$2", 'a''$1', 7`},
		{"SELECT $3, $, $12, $x", "SELECT $3, $, $12, $x"},
	} {
		if got := Inline(c.sql, texts); got != c.want {
			t.Errorf("Inline(%s) = %s, want %s", c.sql, got, c.want)
		}
	}
}
