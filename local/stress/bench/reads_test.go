package bench

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/operate/cost"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// The columns that the model takes a statement to read are those that the
// analyzer finds in it. With one row in one table, the bytes that the emulator
// reports for a statement are the sizes of the columns that it reads of that
// table.
func TestColumnsAreThoseOfTheAnalyzer(t *testing.T) {
	server := bigquerytest.Start(t)
	byTable := map[string][]string{} // statements
	for statement, tables := range cost.Columns() {
		for table := range tables {
			byTable[table] = append(byTable[table], statement)
		}
	}
	compared := 0
	for table, statements := range byTable {
		t.Run(table, func(t *testing.T) {
			client := server.Client(t, strings.NewReplacer(".", "-", "_", "-").Replace(table))
			if err := warehouse.Ensure(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			insertOne(t, client, warehouse.TableNamed(table))
			for _, s := range statements {
				if unreported[s] {
					continue
				}
				want := int64(0)
				for _, f := range warehouse.TableNamed(table).Fields {
					if slices.Contains(cost.Columns()[s][table], f.Name) {
						want += size(f)
					}
				}
				before := preparation(s)
				got := processed(t, client, before+queryOf(s)+";\n") - processed(t, client, before)
				compared++
				if got != want {
					t.Errorf("%s reads %d bytes of a row, but the columns of the model have %d: %v", s, got, want, cost.Columns()[s][table])
				}
			}
		})
	}
	if compared < 20 {
		t.Errorf("compared %d reads only", compared)
	}
}

// unreported are statements for which the emulator reports no bytes: it leaves
// out what a SET reads, and the target of a MERGE.
var unreported = map[string]bool{"touched_range": true, "election_day": true, "duplicates": true}

// size is what the emulator takes a value of a column for.
func size(f warehouse.Field) int64 {
	switch f.Type {
	case "STRING", "BYTES":
		return 16
	case "BOOL":
		return 1
	default:
		return 8
	}
}

// insertOne puts one row into a table.
func insertOne(t *testing.T, client *warehouse.Client, table warehouse.Table) {
	t.Helper()
	var names, values []string
	for _, f := range table.Fields {
		value := map[string]string{
			"STRING": "'x'", "BYTES": "b'x'", "INT64": "1", "FLOAT64": "1.0", "BOOL": "FALSE",
			"TIMESTAMP": "TIMESTAMP '2026-11-03 12:00:00+00'", "DATE": "DATE '2026-11-03'",
		}[f.Type]
		if value == "" {
			t.Fatalf("no value of type %s for %s.%s", f.Type, table.ID(), f.Name)
		}
		names, values = append(names, f.Name), append(values, value)
	}
	runScript(t, client, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table.ID(), strings.Join(names, ", "), strings.Join(values, ", ")))
}

// preparation makes what a statement needs of the steps before it: their
// variables and temporary tables, in which nothing of one row in one table
// arrives that the statement reads of.
func preparation(statement string) string {
	var b strings.Builder
	b.WriteString(aggregate.Declarations())
	for _, name := range aggregate.Steps() {
		if name == statement {
			break
		}
		if sql := aggregate.Statement(name); strings.Contains(sql, "CREATE TEMP TABLE") {
			b.WriteString(sql + ";\n")
		}
	}
	return b.String() + "SET election_day = DATE '2026-11-03';\n"
}

// queryOf is a statement, or the query that its temporary table is made of: for a
// CREATE the emulator reports no bytes.
func queryOf(statement string) string {
	sql := aggregate.Statement(statement)
	if _, query, created := strings.Cut(sql, "CREATE TEMP TABLE "+statement+" AS\n"); created {
		return query
	}
	return sql
}

// processed is how many bytes a script reads.
func processed(t *testing.T, client *warehouse.Client, script string) int64 {
	t.Helper()
	return runScript(t, client, script).Statistics.TotalBytesProcessed
}

func runScript(t *testing.T, client *warehouse.Client, script string) *bigquery.JobStatus {
	t.Helper()
	q := client.Query(script)
	q.Parameters = aggregate.NewBigQuery(client, &election.Election{ID: "e"}).Parameters(aggregate.Pass{
		Started: time.Date(2026, 11, 3, 13, 0, 0, 0, time.UTC), VotersFrom: math.MaxInt64, VotesFrom: math.MaxInt64, RejectsFrom: math.MaxInt64,
	})
	job, err := q.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	status, err := job.Wait(t.Context())
	if err == nil {
		err = status.Err()
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, script)
	}
	return job.LastStatus()
}
