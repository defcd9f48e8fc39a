package dashboard

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// resultsOf gets a results document.
func resultsOf(t *testing.T, h http.Handler, target string) results.Document {
	t.Helper()
	r := ask(h, "GET", target)
	text := body(t, r)
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s", target, r.Status, text)
	}
	var got results.Document
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&got); err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	return got
}

func TestFilters(t *testing.T) {
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	type figures struct {
		Votes, Shown, Registered int64
		Candidates               map[string]int64
		Texas                    int64 // shown there
		Hours, Minutes           int
		Groups                   int
		Amendments               int
	}
	all := map[string]int64{"rivera": 50, "chen": 30, "okafor": 20, "lindqvist": 0}
	for query, want := range map[string]figures{
		"":                          {100, 100, 200, all, 80, 2, 4, 12, 1},
		"region=":                   {100, 100, 200, all, 80, 2, 4, 12, 1},
		"region=VT":                 {20, 20, 50, map[string]int64{"rivera": 5, "chen": 10, "okafor": 5, "lindqvist": 0}, 80, 2, 2, 8, 0},
		"region=NM":                 {0, 0, 0, map[string]int64{"rivera": 0, "chen": 0, "okafor": 0, "lindqvist": 0}, 80, 0, 0, 0, 0},
		"group=gender:male":         {100, 100, 200, all, 80, 2, 4, 5, 1},
		"from=2026-11-03T14:20:00Z": {30, 30, 200, map[string]int64{"rivera": 10, "chen": 0, "okafor": 20, "lindqvist": 0}, 20, 1, 2, 12, 0},
		"to=2026-11-03T14:00:00Z":   {70, 70, 200, map[string]int64{"rivera": 40, "chen": 30, "okafor": 0, "lindqvist": 0}, 60, 1, 2, 12, 1},
		"to=2026-11-03T13:00:01Z":   {70, 70, 200, map[string]int64{"rivera": 40, "chen": 30, "okafor": 0, "lindqvist": 0}, 60, 1, 2, 12, 1},
		"region=TX&group=age:65%2B&from=2026-11-03T14:00:00%2B01:00&to=2026-11-03T14:00:00Z": {
			60, 60, 150, map[string]int64{"rivera": 40, "chen": 20, "okafor": 0, "lindqvist": 0}, 60, 1, 1, 3, 0,
		},
	} {
		t.Run(query, func(t *testing.T) {
			r := resultsOf(t, h, "/api/v1/results?"+query)
			got := figures{
				Votes: r.Totals.Votes, Shown: r.Totals.Shown, Registered: r.Totals.Registered, Candidates: map[string]int64{},
				Hours: len(r.Hourly), Minutes: len(r.Minutes), Groups: len(r.Demographics), Amendments: len(r.Amendments),
			}
			for _, c := range r.Candidates {
				got.Candidates[c.ID] = c.Votes
			}
			for _, g := range r.Regions {
				if g.State == "TX" {
					for _, votes := range g.By {
						got.Texas += votes
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("figures (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilterIsEchoed(t *testing.T) {
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	r := resultsOf(t, h, "/api/v1/results?to=2026-11-03T15:30:00%2B01:00&region=TX&group=age:18-24&from=")
	if r.Filter.Region == nil || *r.Filter.Region != "TX" || *r.Filter.Group != "age:18-24" || r.Filter.From != nil || !r.Filter.To.Equal(sample.At("2026-11-03T15:00:00Z")) {
		t.Errorf("filter %+v", r.Filter)
	}
	for section, source := range r.Sources {
		for _, address := range []string{source.JSON, source.CSV} {
			if got := ask(h, "GET", "/"+address); got.StatusCode != http.StatusOK || !strings.Contains(address, "region=TX") {
				t.Errorf("source of %s: %s: %s", section, address, got.Status)
			}
		}
	}
}

func TestUnknownFilters(t *testing.T) {
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	for query, want := range map[string]string{
		"region=XX":                   `Region \"XX\" isn't known: use one of CA, NM, NY, TX, VT, WY, ZZ.`,
		"group=18-24":                 "use one of age:under 18, age:18-24,",
		"group=age:female":            "isn't known",
		"from=yesterday":              "write it like 2026-11-03T14:00:00Z",
		"from=1026-11-03T14:00:00Z":   "isn't a time of this century",
		"to=2026-11-03T14:00:00 01:0": "(a + as %2B)",
		"state=CA":                    `isn't a filter: use region, group, from or to`,
		"region=CA&region=TX":         "Region stands 2 times in the address: give it once.",
		"from=2026-11-03T15:00:00Z&to=2026-11-03T15:00:00Z": "must be before to",
		"since=x":    "isn't a filter",
		"region=%zz": "Invalid URL escape",
	} {
		for _, path := range []string{"/api/v1/results?", "/api/v1/regions.csv?"} {
			r := ask(h, "GET", path+strings.ReplaceAll(query, " ", "%20"))
			if text := body(t, r); r.StatusCode != http.StatusBadRequest || !strings.Contains(text, want) {
				t.Errorf("%s: %s %s, want 400 with %s", query, r.Status, text, want)
			}
		}
	}
}

// TestExports reads every section both ways, and compares them.
func TestExports(t *testing.T) {
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	rows := map[string]int{"candidates": 4, "regions": 7, "hourly": 2, "minutes": 4, "demographics": 12, "amendments": 1, "books": 3}
	for _, section := range results.Sections {
		asJSON := ask(h, "GET", "/api/v1/"+section+".json")
		e := sample.Decode(t, []byte(body(t, asJSON)))
		list, ok := e["rows"].([]any)
		if !ok || len(list) != rows[section] || e["table"] != results.TableOf[section] || e["version"] == "" {
			t.Errorf("%s.json: %d rows of %v, want %d of %s", section, len(list), e["table"], rows[section], results.TableOf[section])
		}
		asCSV := ask(h, "GET", "/api/v1/"+section+".csv")
		if got, want := asCSV.Header.Get("Content-Disposition"), `attachment; filename="general-2026-`+section+`.csv"`; got != want {
			t.Errorf("%s.csv: Content-Disposition %s, want %s", section, got, want)
		}
		text := body(t, asCSV)
		if strings.Count(text, "\r\n") != strings.Count(text, "\n") {
			t.Errorf("%s.csv has bare line feeds, which RFC 4180 doesn't know", section)
		}
		table, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(table) != rows[section]+1 {
			t.Fatalf("%s.csv: %d lines (%v), want a header and %d", section, len(table), err, rows[section])
		}
		for i, row := range list {
			for name, value := range row.(map[string]any) {
				column := slices.Index(table[0], name)
				if number, ok := value.(json.Number); ok && (column < 0 || table[i+1][column] != number.String()) && name != "col" && name != "row" {
					t.Errorf("%s row %d: %s is %s as JSON, not as CSV: %v", section, i, name, number, table[i+1])
				}
			}
		}
	}
	if text := body(t, ask(h, "GET", "/api/v1/regions.csv?region=VT")); !strings.HasSuffix(text, "VT,Vermont,50,20,0.4,0,leads,chen,10,5,0.25,0,,,,10,0,5,5\r\n") || strings.Count(text, "\n") != 2 {
		t.Errorf("one region: %q", text)
	}
}

// TestExportsOfAParliament reads the sections that a small election has none of.
func TestExportsOfAParliament(t *testing.T) {
	c := testConfig(t)
	c.Election = sample.Example(t, "parliament")
	h := newHandlerWith(t, c, &sample.Store{Next: sample.Returns(sample.Simulate(c.Election, 5000, 0.9), nil)})
	for path, want := range map[string]struct {
		head string
		rows int
	}{
		"areas.csv":                  {"id,name,regions,registered,", 12},
		"regions.csv?region=islands": {"state,name,registered,", 12},
		"regions.csv?region=K001":    {"state,name,registered,", 1},
		"candidates.csv":             {"id,name,party,votes,share,last_share\r\n", 16},
	} {
		text := body(t, ask(h, "GET", "/api/v1/"+path))
		if rows := strings.Count(text, "\n") - 1; rows != want.rows || !strings.HasPrefix(text, want.head) {
			t.Errorf("%s has %d rows, want %d after %s", path, rows, want.rows, want.head)
		}
	}
	var led int64
	r := sample.Decode(t, []byte(body(t, ask(h, "GET", "/api/v1/seats.json"))))
	for _, row := range r["rows"].([]any) {
		n, err := row.(map[string]any)["seats"].(json.Number).Int64()
		if err != nil {
			t.Fatal(err)
		}
		led += n
	}
	if led == 0 || led > 650 {
		t.Errorf("%d of 650 seats are led for", led)
	}
}

// TestExportsAreHarmless checks that no text from a vote is a formula.
func TestExportsAreHarmless(t *testing.T) {
	s := sample.Small()
	s.Candidates[0].Name = `=HYPERLINK("http://evil.example")`
	s.Candidates[0].ID = "=evil"
	s.Hours[1].Candidate = "=evil"
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(s, nil)})
	for _, section := range results.Sections {
		table, err := csv.NewReader(strings.NewReader(body(t, ask(h, "GET", "/api/v1/"+section+".csv")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range table {
			for _, text := range row {
				if text != "" && strings.ContainsRune("=+@\t\r", rune(text[0])) {
					t.Errorf("%s.csv holds %q", section, text)
				}
			}
		}
	}
}

// TestSmallGroupsStayHidden looks for figures about few people in every
// document there is.
func TestSmallGroupsStayHidden(t *testing.T) {
	s := sample.Small()
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(s, nil)})
	for _, query := range []string{"", "region=VT", "region=TX", "group=age:18-24", "region=VT&group=gender:female"} {
		for _, g := range resultsOf(t, h, "/api/v1/results?"+query).Demographics {
			small := g.Registered != nil && *g.Registered < 10
			if small || g.Suppressed != (g.Registered == nil) || g.Suppressed != (g.Voted == nil) {
				t.Errorf("%s: group %s %s %s has registered %v, voted %v", query, g.State, g.AgeGroup, g.Gender, g.Registered, g.Voted)
			}
		}
		table, err := csv.NewReader(strings.NewReader(body(t, ask(h, "GET", "/api/v1/demographics.csv?"+query)))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range table[1:] {
			if hidden := row[6] == "true"; hidden != (row[3] == "") || hidden != (row[4] == "") {
				t.Errorf("%s: line %v", query, row)
			}
		}
	}
	// The one small group's region can't tell its age group or gender either.
	for _, g := range resultsOf(t, h, "/api/v1/results?region=VT").Demographics {
		if g.State == "" && (g.AgeGroup == "18-24" || g.Gender == "female") && !g.Suppressed {
			t.Errorf("VT shows %s%s, of which a part is hidden", g.AgeGroup, g.Gender)
		}
	}
	// Nine votes aren't a step.
	s.Hours = []snapshot.HourRow{{Hour: sample.At("2026-11-03T13:00:00Z"), State: "WY", Candidate: "chen", Votes: 9}}
	s.Minutes = nil
	r := resultsOf(t, newTestHandler(t, &sample.Store{Next: sample.Returns(s, nil)}), "/api/v1/results?region=WY")
	if r.Candidates[0].Votes != 0 || len(r.Hourly) != 1 || r.Hourly[0].Votes != 9 || len(r.Hourly[0].By) != 0 {
		t.Errorf("nine votes of a region show by candidate: %+v %+v", r.Candidates[0], r.Hourly)
	}
}
