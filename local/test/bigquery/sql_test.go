package bigquery_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Every SQL file is run alone against tables written by hand.
func TestSQLFiles(t *testing.T) {
	cases, err := sqlcase.All()
	if err != nil {
		t.Fatal(err)
	}
	emulator := bigquerytest.Start(t)
	covered := map[string]bool{}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) { runSQLCase(t, emulator.Client(t, strings.ReplaceAll(c.Name, "_", "-")), c) })
		covered[c.Step] = true
	}
	for _, step := range aggregate.Steps() {
		if !covered[step] {
			t.Errorf("%s.sql has no case", step)
		}
	}
}

func runSQLCase(t *testing.T, client *warehouse.Client, c sqlcase.Case) {
	t.Helper()
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	var before strings.Builder
	before.WriteString(aggregate.Declarations())
	for _, table := range c.Given {
		sql, err := sqlcase.GoogleSQL.Fill(table)
		if err != nil {
			t.Fatal(err)
		}
		before.WriteString(sql)
	}
	for name, value := range c.Variables.Values() {
		fmt.Fprintf(&before, "SET %s = %s;\n", name, value)
	}
	before.WriteString(aggregate.Statement(c.Step) + ";\n")

	for i, want := range c.Want {
		script := sqlcase.GoogleSQL.Query(want)
		if i == 0 {
			script = before.String() + script
		}
		if got, lines := sqlLines(t, client, script), want.Lines(); !cmp.Equal(lines, got) {
			t.Errorf("%s%s (-want +got):\n%s", c.Comment, want.ID, cmp.Diff(lines, got))
		}
	}
}

func sqlLines(t *testing.T, client *warehouse.Client, script string) []string {
	t.Helper()
	q := client.Query(script)
	q.Parameters = aggregate.NewBigQuery(client, sqlcase.Election).Parameters(aggregate.Pass{
		Started:    time.Date(2026, 11, 3, 23, 0, 0, 0, time.UTC),
		Floor:      time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		VotesFrom:  math.MinInt64,
		VotersFrom: math.MinInt64, RejectsFrom: math.MinInt64,
	})
	all, err := query.Rows[[]bigquery.Value](t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for _, row := range all {
		lines = append(lines, row[len(row)-1].(string))
	}
	slices.Sort(lines)
	return lines
}

// Two partitions that one number stood for can't be told apart: nothing is decided then.
func TestPartitionsOfOneNumber(t *testing.T) {
	client := bigquerytest.Start(t).Client(t, "one-number")
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	sql := aggregate.Statement("logs")
	same := strings.Replace(sql, "FARM_FINGERPRINT(", "FARM_FINGERPRINT('') + 0 * LENGTH(", 1)
	if same == sql {
		t.Fatal("logs.sql takes no fingerprint any more")
	}
	for partition, message := range []string{"", "two partitions have the same kafka_log"} {
		insert, err := sqlcase.GoogleSQL.Fill(sqlcase.Table{ID: "core.progress", Columns: []string{"kafka_partition"}, Rows: [][]string{{strconv.Itoa(partition)}}})
		if err != nil {
			t.Fatal(err)
		}
		execute(t, client, insert)
		for text, message := range map[string]string{sql: "", same: message} {
			_, err := query.Rows[struct {
				Log int64 `bigquery:"kafka_log"`
			}](t.Context(), client.Query("WITH fresh_records AS (SELECT * FROM core.progress) SELECT kafka_log FROM (\n"+text+"\n)"))
			if (err == nil) != (message == "") || err != nil && !strings.Contains(err.Error(), message) {
				t.Errorf("%d partitions: %v, want %q", partition+1, err, message)
			}
		}
	}
}
