package election_test

import (
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/errortest"
)

const asYAML = `
id: mayor-2026
name: Mayor
date: 2026-11-03
opens: 2026-11-03T07:00:00+01:00
closes: 2026-11-03T20:00:00Z
candidates:
  - {id: rivera, name: Ana Rivera, party: Blue, colour: "#0072B2", aliases: [Candidate A]}
regions:
  - {id: TX, name: Texas, col: 4, row: 7}
small_cell: 5
portraits: {from_votes: true, hosts: [img.example.org]}
`

const asJSON = `{"id":"mayor-2026","name":"Mayor","date":"2026-11-03",
"opens":"2026-11-03T06:00:00Z","closes":"2026-11-03T20:00:00Z",
"candidates":[{"id":"rivera","name":"Ana Rivera","party":"Blue","colour":"#0072B2","aliases":["Candidate A"]}],
"regions":[{"id":"TX","name":"Texas","col":4,"row":7}],"small_cell":5,"portraits":{"from_votes":true,"hosts":["img.example.org"]}}`

func TestParse(t *testing.T) {
	column, row := 4, 7
	want := &election.Election{
		ID: "mayor-2026", Name: "Mayor", Date: election.Date{Date: civil.Date{Year: 2026, Month: time.November, Day: 3}},
		Opens: time.Date(2026, 11, 3, 6, 0, 0, 0, time.UTC), Closes: time.Date(2026, 11, 3, 20, 0, 0, 0, time.UTC),
		Candidates: []election.Candidate{{ID: "rivera", Name: "Ana Rivera", Party: "Blue", Colour: "#0072B2", Aliases: []string{"Candidate A"}}},
		Regions:    []election.Region{{ID: "TX", Name: "Texas", Column: &column, Row: &row}},
		SmallCell:  new(5),
		Portraits:  &election.Portraits{FromVotes: true, Hosts: []string{"img.example.org"}},
	}
	for format, text := range map[string]string{"YAML": asYAML, "JSON": asJSON} {
		got, err := election.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func TestParseFaults(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"the election is empty"}},
		{"not YAML", "{", []string{"isn't valid YAML or JSON"}},
		{"values of other kinds", "id: [1]\nname: {a: 1}\ncandidates: 3\nseats: many\nsmall_cell: few\nareas: true\n", []string{
			"can't be used: line 1: a list stands where a text belongs: see docs/records.md; line 2: an object stands where a text belongs",
			"line 3: the number `3` stands where a list belongs", "line 4: the text `many` stands where an object belongs",
			"line 5: the text `few` stands where a number belongs", "line 6: the value `true` stands where a list belongs"}},
		{"no object", "- a\n", []string{"line 1: a list stands where an object belongs"}},
		{"misspelt field", "id: a\nname: A\ncandidate: []\n", []string{"can't be used: line 3: there is no field candidate: correct"}},
		{"two documents", "id: a\nname: A\n---\nid: b\n", []string{"more than one document"}},
		{"no date", "id: a\nname: A\ndate: 2026-13-01\n", []string{`"2026-13-01" is not a date`}},
		{"everything at once", `
id: "a b"
opens: 2026-11-03T06:00:00Z
small_cell: -1
candidates:
  - {id: a, name: Same}
  - {id: b, name: SAME, colour: red}
  - {id: A, name: Other}
  - {name: Nobody}
regions:
  - {id: TX, col: 4}
  - {id: NM, name: New Mexico, col: -1, row: 0}
  - {id: UT, name: Utah, col: 3, row: 2}
  - {id: CO, name: Colorado, col: 3, row: 2}
`, []string{
			`id "a b": use`, "name is missing: give", "opens and closes go together", "small_cell is -1",
			`"SAME" already means candidate a`, `colour "red"`, `id "A" is taken`, `candidates[3]: id ""`,
			"regions[0] (TX): name is missing", "regions[0] (TX): col and row go together", "regions[1] (NM): col and row count",
			"regions[3] (CO): col 3 and row 2 are the place of region UT: give each",
		}},
		{"names that look alike", "id: a\nname: A\n" + `
candidates:
  - {id: castro, name: "Julián Castro"}
  - {id: other, name: "Julia\u0301n\u00a0Castro"}
  - {id: blank, name: "\u200b"}
regions:
  - {id: NU, name: "Ñuble"}
  - {id: N2, name: Other, aliases: ["N\u0303UBLE"]}
`, []string{
			`candidates[1] (other): "Julia\u0301n\u00a0Castro" already means candidate castro, which is written "Julián Castro" there; both are "julián castro" in the form that is compared`,
			`candidates[2] (blank): "\u200b" holds nothing that can be seen`,
			`regions[1] (N2): "N\u0303UBLE" already means region NU, which is written "Ñuble" there; both are "ñuble"`,
		}},
		{"no time", "id: a\nname: A\nopens: \"at six\"\ncloses: 2026-11-03T20:00:00Z\n", []string{`"at six" is no time: write opens and closes as 2026-11-03T06:00:00Z`}},
		{"closes first", "id: a\nname: A\nopens: 2026-11-03T06:00:00Z\ncloses: 2026-11-03T06:00:00Z\n", []string{"must be after opens"}},
		{"too long", "id: a\nname: A\nopens: 2026-11-03T06:00:00Z\ncloses: 2028-11-03T06:00:00Z\n", []string{"a year is the most"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := election.Parse([]byte(tt.text))
			errortest.Says(t, err, tt.want...)
		})
	}
}

// parses checks that an election with some text has a problem, or none if problem is empty.
func parses(t *testing.T, name, text, problem string) {
	t.Helper()
	_, err := election.Parse([]byte("id: a\nname: A\n" + text))
	switch {
	case problem == "" && err != nil:
		t.Errorf("%s: %v", name, err)
	case problem != "" && (err == nil || !strings.Contains(err.Error(), problem)):
		t.Errorf("%s: %v, want %q", name, err, problem)
	}
}

func TestSmallestGroup(t *testing.T) {
	for text, want := range map[string]int64{"": 10, "small_cell: 0": 0, "small_cell: 1": 1, "small_cell: 25": 25} {
		e, err := election.Parse([]byte("id: a\nname: A\n" + text))
		if err != nil {
			t.Fatal(err)
		}
		if got := e.SmallestGroup(); got != want {
			t.Errorf("%q: groups are published from %d voters, want %d", text, got, want)
		}
	}
}
