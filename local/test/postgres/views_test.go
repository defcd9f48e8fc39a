package postgres_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// column is one of a table or view.
type column struct{ Name, Type string }

// columnsOf returns the columns that PostgreSQL has of a table or view, in order.
func columnsOf(t *testing.T, pool *pgxpool.Pool, id string) []column {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
		WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`, id)
	must(t, err)
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	must(t, err)
	return columns
}

var (
	viewTable  = regexp.MustCompile("FROM `\\$\\{project\\}\\.\\$\\{prefix\\}(\\w+\\.\\w+)`")
	viewColumn = regexp.MustCompile(`(?m)^  (?:\w+\()?(\w+)\)?(?: AS (\w+))?,?$`)
)

// wantColumns returns the columns of a view of BigQuery, with the types that the columns
// of its table have in PostgreSQL.
func wantColumns(t *testing.T, pool *pgxpool.Pool, v warehouse.View) []column {
	t.Helper()
	table := columnsOf(t, pool, viewTable.FindStringSubmatch(v.SQL)[1])
	if strings.HasPrefix(v.SQL, "SELECT\n  * EXCEPT (copy)\n") {
		return table
	}
	var want []column
	for _, m := range viewColumn.FindAllStringSubmatch(v.SQL, -1) {
		i := slices.IndexFunc(table, func(c column) bool { return c.Name == m[1] })
		if i < 0 {
			t.Fatalf("%s: its table has no column %s", v.ID(), m[1])
		}
		c := table[i]
		if m[2] != "" {
			c.Name = m[2]
		}
		want = append(want, c)
	}
	if strings.Count(v.SQL, ",\n")+1 != len(want) {
		t.Fatalf("%s: columns %v were read of\n%s", v.ID(), want, v.SQL)
	}
	return want
}

// Every view of BigQuery is there, with the same columns.
func TestViewsHaveTheirColumns(t *testing.T) {
	pool := postgrestest.Pool(t, postgrestest.Shared(t).Database(t))
	for _, v := range warehouse.Views() {
		if diff := cmp.Diff(wantColumns(t, pool, v), columnsOf(t, pool, v.ID())); diff != "" {
			t.Errorf("%s (-as on BigQuery +got):\n%s", v.ID(), diff)
		}
	}
}

// Of a record that stands in raw more than once, the views have the newest copy.
func TestViewsLeaveCopiesOut(t *testing.T) {
	w := snapshotWarehouse{postgrestest.Pool(t, postgrestest.Shared(t).Empty(t))}
	must(t, w.Create(t.Context()))
	must(t, w.Execute(t.Context(), `
		INSERT INTO raw.votes (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, voter_key, candidate, voted_at, ingested_at)
		SELECT 'votes', 'v', 0, kafka_offset, -1, '2026-11-03', 'k', candidate, '2026-11-03', '2026-11-03 10:00:00+00'::timestamptz + minute * interval '1 minute'
		FROM (VALUES (7, 'ada', 1), (7, 'bob', 2), (8, 'cid', 1), (7, 'dee', 0)) AS r (kafka_offset, candidate, minute);
		INSERT INTO core.vote_hours (hour, candidate, state, age_group, gender, votes, updated_at)
		VALUES ('2026-11-03 10:00:00+00', 'ada', 'TX', '65+', 'female', 3, '2026-11-03')`))
	for query, want := range map[string]string{
		"SELECT string_agg(kafka_offset || candidate, ' ' ORDER BY kafka_offset) FROM staging.stg_votes": "7bob 8cid",
		"SELECT hour_voted || ' ' || vote_count FROM marts.vote_statistics":                              "2026-11-03 10:00:00+00 3",
	} {
		var got string
		must(t, w.pool.QueryRow(t.Context(), query).Scan(&got))
		if got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
