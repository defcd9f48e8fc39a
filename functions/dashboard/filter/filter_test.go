package filter

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

var known = Known{Regions: []string{"CA", "TX"}, Areas: []*Area{{"west", map[string]bool{"CA": true}}}, Groups: []string{"age:18-24", "gender:female"}}

func TestParse(t *testing.T) {
	for query, want := range map[string]string{ // as Encode writes it
		"":                          "",
		"region=&group=&from=&to=":  "",
		"region=TX":                 "region=TX",
		"group=age:18-24&region=CA": "group=age%3A18-24&region=CA",
		"from=2026-11-03T14:59:59Z": "from=2026-11-03T14%3A00%3A00Z",
		"to=2026-11-03T14:00:01Z":   "to=2026-11-03T15%3A00%3A00Z",
		"to=2026-11-03T14:00:00Z":   "to=2026-11-03T14%3A00%3A00Z",
		"from=2026-11-03T14:30:00%2B02:00&to=2026-11-03T14:00:00Z": "from=2026-11-03T12%3A00%3A00Z&to=2026-11-03T14%3A00%3A00Z",
		"region=TX&since=1": "region=TX",
		"region=west":       "region=west",
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(q, known, "since")
		if err != nil {
			t.Errorf("%s: %v", query, err)
		}
		if got := f.Encode(); got != want || f.Empty() != (want == "") {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for query, want := range map[string]string{
		"region=XX":               `region "XX" isn't known: use one of west, CA, TX`,
		"group=18-24":             "use one of age:18-24, gender:female",
		"from=yesterday":          "write it like 2026-11-03T14:00:00Z",
		"to=1999-12-31T23:00:00Z": "isn't a time of this century",
		"since=1":                 `"since" isn't a filter: use region, group, from or to`,
		"region=CA&region=TX":     "region stands 2 times in the address",
		"from=2026-11-03T15:00:00Z&to=2026-11-03T15:00:00Z": "must be before to",
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(q, known); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", query, err, want)
		}
	}
	if _, err := Parse(url.Values{"region": {"CA"}}, Known{}); err == nil || !strings.Contains(err.Error(), "there is none yet") {
		t.Errorf("a region where there is none: %v", err)
	}
}

func TestIncludes(t *testing.T) {
	at := func(hour int) *time.Time {
		t := time.Date(2026, 11, 3, hour, 0, 0, 0, time.UTC)
		return &t
	}
	from, between := Filter{From: at(12)}, Filter{From: at(12), To: at(14)}
	for hour, want := range map[int][2]bool{11: {false, false}, 12: {true, true}, 13: {true, true}, 14: {true, false}} {
		if got := [2]bool{from.Includes(*at(hour)), between.IncludesSecond(at(hour).Unix())}; got != want {
			t.Errorf("at %d o'clock %v, want %v", hour, got, want)
		}
	}
}

// An area lets its regions through, a region itself.
func TestAreas(t *testing.T) {
	for query, want := range map[string][2]bool{"": {true, true}, "region=west": {true, false}, "region=TX": {false, true}} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(q, known)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{f.InRegion("CA"), f.InRegion("TX")}; got != want {
			t.Errorf("%q lets California and Texas through: %v, want %v", query, got, want)
		}
	}
}
