package warehouse

import (
	"slices"
	"strings"
	"testing"
)

// BigQuery's limits, from its documentation of clustered and partitioned tables.
const maxClusteringColumns = 4

var columnTypes = []string{"STRING", "BYTES", "INT64", "FLOAT64", "BOOL", "TIMESTAMP", "DATE"}

func TestTablesAreWellFormed(t *testing.T) {
	for _, table := range Tables() {
		t.Run(table.ID(), func(t *testing.T) {
			if !slices.Contains(Datasets, table.Dataset) {
				t.Errorf("dataset %q is not one of %v", table.Dataset, Datasets)
			}
			if table.Description == "" {
				t.Error("no description")
			}
			byName := map[string]Field{}
			for _, f := range table.Fields {
				if _, twice := byName[f.Name]; twice {
					t.Errorf("column %s stands twice", f.Name)
				}
				byName[f.Name] = f
				if !slices.Contains(columnTypes, f.Type) {
					t.Errorf("column %s has type %q, want one of %v", f.Name, f.Type, columnTypes)
				}
				if f.Mode != "REQUIRED" && f.Mode != "NULLABLE" {
					t.Errorf("column %s has mode %q", f.Name, f.Mode)
				}
				if !strings.HasSuffix(f.Description, ".") {
					t.Errorf("column %s has no description that ends as a sentence", f.Name)
				}
			}
			checkPartitioning(t, table, byName)
			if n := len(table.Clustering); n == 0 || n > maxClusteringColumns {
				t.Errorf("clustered by %d columns, want 1 to %d", n, maxClusteringColumns)
			}
			for _, name := range table.Key {
				if !byName[name].Required() {
					t.Errorf("column %s of the key isn't REQUIRED", name)
				}
			}
			for _, name := range table.Clustering {
				if _, ok := byName[name]; !ok {
					t.Errorf("clustered by %s, which is no column", name)
				}
			}
		})
	}
}

// ourTimes are columns that partition tables and don't come from a record: they have the
// functions' clocks, or the day of the election.
var ourTimes = []string{"ingested_at", "first_seen", "certified_at", "election_date"}

func checkPartitioning(t *testing.T, table Table, columns map[string]Field) {
	t.Helper()
	p := table.Partitioning
	byRecord := !slices.Contains(ourTimes, p.Field)
	if byRecord != (p.Type == "MONTH") || !byRecord && p.Type != "HOUR" && p.Type != "DAY" {
		t.Errorf("partitioned by %s of %s, want HOUR or DAY of one of %v, MONTH of a time that a record brings", p.Type, p.Field, ourTimes)
	}
	field, ok := columns[p.Field]
	if !ok || !field.Required() {
		t.Errorf("partitioned by %q, want a required column", p.Field)
	}
	if field.Type != "TIMESTAMP" && (field.Type != "DATE" || p.Type == "HOUR") {
		t.Errorf("partitioned by %s of %s, a %s", p.Type, p.Field, field.Type)
	}
}

func TestViewsNameTheirTables(t *testing.T) {
	known := map[string]bool{}
	for _, table := range Tables() {
		known[table.ID()] = true
	}
	for _, v := range Views() {
		sql := v.Query("p", "")
		if v.Description == "" || strings.Contains(sql, "$") {
			t.Errorf("%s: description %q, SQL %q", v.ID(), v.Description, sql)
		}
		for _, part := range strings.Split(sql, "`") {
			if id, isTable := strings.CutPrefix(part, "p."); isTable && !known[id] {
				t.Errorf("%s reads %s, which is no table", v.ID(), id)
			}
		}
		known[v.ID()] = true
	}
}

func TestTableNamed(t *testing.T) {
	if got := TableNamed("core.ballots").Clustering[0]; got != "voted_at" {
		t.Errorf("core.ballots is clustered by %s first, want voted_at", got)
	}
}
