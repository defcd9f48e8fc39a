package postgres_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
)

// Every SQL file is run alone against tables written by hand.
func TestSQLFiles(t *testing.T) {
	cases, err := sqlcase.All()
	must(t, err)
	adding, err := sqlcase.Adding()
	must(t, err)
	pool := postgrestest.Pool(t, postgrestest.Shared(t).Database(t))
	covered := map[string]bool{}
	for _, c := range append(cases, adding...) {
		if c.Step == "ballots_new" {
			continue // BigQuery's alone
		}
		t.Run(c.Name, func(t *testing.T) { runSQLCase(t, pool, c) })
		covered[c.Step] = true
	}
	for _, step := range append(aggregate.Steps(), aggregate.PostgresSteps()...) {
		if !covered[step] {
			t.Errorf("%s.sql has no case", step)
		}
	}
}

// runSQLCase runs a case in a transaction that is taken back.
func runSQLCase(t *testing.T, pool *pgxpool.Pool, c sqlcase.Case) {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	execute(t, tx, aggregate.TemporaryTables())
	execute(t, tx, "SELECT raw.ensure_partition(name, '2026-11-03') FROM unnest(ARRAY['votes', 'voters', 'rejects']) AS name")
	for _, table := range c.Given {
		sql, err := sqlcase.PostgreSQL.Fill(table)
		if err != nil {
			t.Fatal(err)
		}
		execute(t, tx, sql)
	}
	parameters := aggregate.NewPostgres(pool, sqlcase.Election).Parameters(aggregate.Pass{
		Started:    time.Date(2026, 11, 3, 23, 0, 0, 0, time.UTC),
		Floor:      time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		VotesFrom:  math.MinInt64,
		VotersFrom: math.MinInt64, RejectsFrom: math.MinInt64,
	})
	for name, value := range c.Variables.Values() {
		parameters[name] = oneRow(t, tx, "SELECT "+value)[0]
	}
	for _, sql := range aggregate.PostgresStatements(c.Step) {
		setVariables(t, tx, sql, parameters)
	}
	for _, want := range c.Want {
		rows, err := tx.Query(t.Context(), sqlcase.PostgreSQL.Query(want), parameters)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if lines := want.Lines(); strings.Join(lines, "\n") != strings.Join(got, "\n") {
			t.Errorf("%s%s (-want +got):\n%s", c.Comment, want.ID, cmp.Diff(lines, got))
		}
	}
}

// setVariables runs a statement. The columns of its row, if it has one, are parameters of
// later ones.
func setVariables(t *testing.T, tx pgx.Tx, sql string, parameters pgx.NamedArgs) {
	t.Helper()
	rows, err := tx.Query(t.Context(), sql, parameters)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			t.Fatal(err)
		}
		for i, column := range rows.FieldDescriptions() {
			parameters[column.Name] = values[i]
		}
	}
	if rows.Err() != nil {
		t.Fatalf("%s: %v", sql, rows.Err())
	}
}

func execute(t *testing.T, tx pgx.Tx, sql string) {
	t.Helper()
	if _, err := tx.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func oneRow(t *testing.T, tx pgx.Tx, sql string) []any {
	t.Helper()
	rows, err := tx.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil {
		t.Fatal(err)
	}
	return values
}
