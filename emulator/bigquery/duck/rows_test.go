package duck

import (
	"errors"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Rows come the same way by a temporary table, which is gone afterwards, and are held to the budget: by their number before they
// are read, and by their size while they are.
func TestReadContained(t *testing.T) {
	db, err := Open("", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	columns := []types.Field{{Name: "x", Type: &types.Type{Kind: types.Int64}}, {Name: "s", Type: &types.Type{Kind: types.String}}}
	const query = "SELECT 25000 - x, 's' || x FROM range(?) AS r(x) ORDER BY 1"
	out, err := ReadContained(t.Context(), conn, NewBudget(16<<20, 0), columns, query, 25000)
	if err != nil || len(out.Values) != 25000 {
		t.Fatalf("%v; want 25000 rows", err)
	}
	for i, row := range out.Values {
		if row[0] != int64(i+1) {
			t.Fatalf("row %d is %v", i, row)
		}
	}
	for what, query := range map[string]string{
		"many rows": "SELECT x, '' FROM range(1000000) AS r(x)",
		"long rows": "SELECT x, repeat('s', 1000) FROM range(2000) AS r(x)",
	} {
		_, err := ReadContained(t.Context(), conn, NewBudget(1<<20, 0), columns, query)
		var e *bqerror.Error
		if !errors.As(err, &e) || e.Reason != "responseTooLarge" || !strings.Contains(e.Message, "at most 1 MiB") {
			t.Errorf("%s: %v, want responseTooLarge", what, err)
		}
	}
	var left int
	if err := conn.QueryRowContext(t.Context(), "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'contained%'").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d tables are left, %v", left, err)
	}
}

// A read ends while the process has too much memory, and the budget is whole again.
func TestReadTooMuch(t *testing.T) {
	if resident() == 0 {
		t.Skip("the memory of a process isn't known on this system")
	}
	db, err := Open("", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	columns := []types.Field{{Name: "n", Type: &types.Type{Kind: types.Int64}}}
	b := NewBudget(1<<20, 0)
	b.guard.limit = 1
	if _, err := Read(t.Context(), db, b, columns, "SELECT count(*) FROM range(1000000000000)"); !errors.Is(err, ErrContain) {
		t.Errorf("error %v, want ErrContain", err)
	}
	b.guard.limit = 1 << 50
	if _, err := Read(t.Context(), db, b, columns, "SELECT * FROM range(1000000)"); err == nil || b.used.Load() != 0 {
		t.Errorf("error %v, and %d bytes are used afterwards", err, b.used.Load())
	}
	if out, err := Read(t.Context(), db, b, columns, "SELECT 1::BIGINT"); err != nil || len(out.Values) != 1 {
		t.Errorf("afterwards: %v", err)
	}
}
