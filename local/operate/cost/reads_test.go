package cost

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// The model reads what the SQL reads: the same statements in the same order, the same
// tables, and columns that the statement names.
func TestReadsAreThoseOfTheSQL(t *testing.T) {
	if diff := cmp.Diff(aggregate.Steps(), names(stepsOf(true))); diff != "" {
		t.Fatalf("steps of a pass (-SQL +model):\n%s", diff)
	}
	if diff := cmp.Diff(aggregate.StepsWithoutVoters(), names(stepsOf(false))); diff != "" {
		t.Fatalf("steps of a pass without registrations (-SQL +model):\n%s", diff)
	}
	for _, s := range append([]step{poll, state, instead["roll"], ballotsNew, shownLive(true), shownLive(false)}, pass...) {
		t.Run(s.name, func(t *testing.T) {
			sql := withoutComments(aggregate.Statement(s.name))
			tables := map[string]bool{}
			for _, r := range s.reads {
				tables[r.table] = true
				checkColumns(t, sql, r)
			}
			if diff := cmp.Diff(tablesOf(sql, s.name), slices.Sorted(maps.Keys(tables))); diff != "" {
				t.Errorf("tables (-SQL +model):\n%s", diff)
			}
		})
	}
}

func names(steps []step) []string {
	var names []string
	for _, s := range steps {
		names = append(names, s.name)
	}
	return names
}

var (
	comment = regexp.MustCompile(`--[^\n]*`)
	source  = regexp.MustCompile(`(?:FROM|JOIN|MERGE|INTO)\s+([a-z_]+(?:\.[a-z_]+)?)`)
	common  = regexp.MustCompile(`(?:WITH\s+|\)\s*,\s*)([a-z_]+) AS \(`)
)

// withoutComments leaves the statement, without what else has a FROM.
func withoutComments(sql string) string {
	return strings.ReplaceAll(comment.ReplaceAllString(sql, ""), "DISTINCT FROM", "DISTINCT")
}

// tablesOf are the tables that a statement reads, without the ones that its WITH
// defines.
func tablesOf(sql, name string) []string {
	defined := map[string]bool{name: true}
	for _, m := range common.FindAllStringSubmatch(sql, -1) {
		defined[m[1]] = true
	}
	found := map[string]bool{}
	for _, m := range source.FindAllStringSubmatch(sql, -1) {
		if !defined[m[1]] {
			found[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// checkColumns holds the columns of a read to the table's schema and the SQL.
func checkColumns(t *testing.T, sql string, r read) {
	t.Helper()
	if !strings.Contains(r.table, ".") {
		if like[r.table] == "" {
			t.Errorf("nothing says how large the temporary table %s is", r.table)
		}
		return
	}
	var fields []string
	for _, f := range warehouse.TableNamed(r.table).Fields {
		fields = append(fields, f.Name)
	}
	for _, c := range r.columns {
		if !slices.Contains(fields, c) {
			t.Errorf("%s has no column %s", r.table, c)
		}
		if !regexp.MustCompile(`\b` + c + `\b`).MatchString(sql) {
			t.Errorf("the statement doesn't name column %s of %s", c, r.table)
		}
	}
}

// Tables that are merged with UPDATE or DELETE are billed with all columns.
func TestMergedTablesAreReadWhole(t *testing.T) {
	target := regexp.MustCompile(`MERGE INTO ([a-z_.]+)`)
	merges := 0
	for _, s := range pass {
		sql := withoutComments(aggregate.Statement(s.name))
		m := target.FindStringSubmatch(sql)
		if m == nil || !strings.Contains(sql, "UPDATE SET") && !strings.Contains(sql, "THEN DELETE") {
			continue
		}
		merges++
		if !slices.ContainsFunc(s.reads, func(r read) bool { return r.table == m[1] && r.columns == nil }) {
			t.Errorf("%s changes %s, and isn't billed for all of its columns", s.name, m[1])
		}
	}
	if merges == 0 {
		t.Error("no statement merges")
	}
}
