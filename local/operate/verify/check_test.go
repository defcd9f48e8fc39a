package verify

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// Every table is compared, or is named with the reason why not.
func TestEveryTableIsCompared(t *testing.T) {
	compared := Tables()
	for _, table := range warehouse.Tables() {
		reason := notFollowing[table.ID()]
		if slices.Contains(compared, table.ID()) == (reason != "") {
			t.Errorf("%s: write a check that compares it, or say in notFollowing why there is none", table.ID())
		}
	}
}

// Columns that depend on when passes ran, or on the election file.
var bookkeeping = []string{
	"updated_at", "ingested_at", "revision", "first_seen", "last_ingested_at", "ingest_floor",
	"records_above", "rejected_above", "last_offset", "election_date", "name", "party", "candidate_image",
}

// Columns that a rule holds for, since they depend on which records the last pass has met.
var ruled = []string{"analytics.rejections.rejected"}

func TestEveryColumnIsCompared(t *testing.T) {
	for _, c := range checks {
		if c.sql != "" {
			continue // it compares the copies of a record
		}
		for _, f := range warehouse.TableNamed(c.table).Fields {
			columns := words(c.key + " " + c.value)
			if !slices.Contains(columns, f.Name) && !slices.Contains(bookkeeping, f.Name) && !slices.Contains(ruled, c.table+"."+f.Name) {
				t.Errorf("%s.%s isn't compared", c.table, f.Name)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	c := check{table: "core.t", key: "k", value: "n", from: "core.s"}
	tests := []struct {
		name  string
		found []difference
		want  []string
	}{
		{"nothing", nil, nil},
		{"missing", []difference{{"wanted", `{"k":"a","n":1,"copies":1}`, 1}},
			[]string{`core.t: k "a" is missing (n 1), which follows from core.s`}},
		{"too many", []difference{{"present", `{"k":"a","n":1,"copies":1}`, 1}},
			[]string{`core.t: k "a" stands there (n 1), and doesn't follow from core.s`}},
		{"changed", []difference{{"present", `{"k":"a","n":2,"copies":1}`, 1}, {"wanted", `{"k":"a","n":1,"copies":1}`, 1}},
			[]string{`core.t: k "a": n is 2, want 1, by core.s`}},
		{"doubled", []difference{{"present", `{"k":null,"n":1,"copies":2}`, 1}, {"wanted", `{"k":null,"n":1,"copies":1}`, 1}},
			[]string{`core.t: k NULL: copies is 2, want 1, by core.s`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			findings, err := c.explain(tt.found)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReportCutsLongLists(t *testing.T) {
	r := &Report{}
	for range shownFindings + 3 {
		r.Findings = append(r.Findings, Finding{Table: "core.t", Rows: 1, Text: "a row"})
	}
	var want = "\ncore.t differs:\n"
	for range shownFindings {
		want += "  a row\n"
	}
	want += "  … and 3 more\n"
	got := r.String()
	if got = got[len(got)-len(want):]; got != want {
		t.Errorf("report (-want +got):\n%s", cmp.Diff(want, got))
	}
	if r.Err() == nil {
		t.Error("findings are no error")
	}
}
