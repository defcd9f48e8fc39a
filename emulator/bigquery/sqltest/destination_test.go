package sqltest

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"
)

func TestDestination(t *testing.T) {
	ctx := context.Background()
	e := open(t, Options{})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t (id INT64 NOT NULL, s STRING)")
	query(t, e, "INSERT d.t VALUES (1, 'a')")
	to := func(table, write string, update ...string) Query {
		return Query{Project: "p", Destination: &TableRef{Project: "p", Dataset: "d", Table: table}, WriteDisposition: write, SchemaUpdate: update}
	}
	for _, step := range []struct {
		sql     string
		q       Query
		failure string
		want    [][]any // of the destination
	}{
		{"SELECT 2 AS id", to("t", ""), "Already Exists: Table p:d.t", nil},
		{"SELECT 2 AS id", to("t", "WRITE_APPEND"), "", [][]any{{int64(1), "a"}, {int64(2), nil}}},
		{"SELECT 'x' AS id", to("t", "WRITE_APPEND"), "has changed type", nil},
		{"SELECT 3 AS id, TRUE AS b", to("t", "WRITE_APPEND"), "Cannot add fields (field: b)", nil},
		{"SELECT CAST(NULL AS INT64) AS id, TRUE AS b", to("t", "WRITE_APPEND", "ALLOW_FIELD_ADDITION", "ALLOW_FIELD_RELAXATION"), "",
			[][]any{{int64(1), "a", nil}, {int64(2), nil, nil}, {nil, nil, true}}},
		{"SELECT 9 AS n", to("t", "WRITE_TRUNCATE"), "", [][]any{{int64(9)}}},
		{"SELECT [1, 2] AS list", to("fresh", ""), "", [][]any{{[]any{int64(1), int64(2)}}}},
	} {
		step.q.SQL = step.sql
		res, err := e.Query(ctx, step.q)
		if step.failure != "" {
			if err == nil || !strings.Contains(err.Error(), step.failure) {
				t.Errorf("%s: error = %v, want %q", step.sql, err, step.failure)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", step.sql, err)
		}
		if diff := cmp.Diff(step.want, res.Rows.Values); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.sql, diff)
		}
	}

	q := to("parts", "")
	q.SQL = "SELECT DATE '2024-01-01' AS day, 1 AS k"
	q.TimePartitioning = &bqv2.TimePartitioning{Type: "DAY", Field: "day"}
	q.Clustering = &bqv2.Clustering{Fields: []string{"k"}}
	if _, err := e.Query(ctx, q); err != nil {
		t.Fatal(err)
	}
	table, err := e.Table(ctx, *q.Destination)
	if err != nil {
		t.Fatal(err)
	}
	if table.TimePartitioning.Field != "day" || table.Clustering.Fields[0] != "k" || table.NumRows != 1 {
		t.Errorf("table = %+v", table)
	}
}
