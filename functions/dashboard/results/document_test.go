package results

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/goldentest"
	"github.com/tallystream/tallystream/shared/kafka"
)

func testRules(t testing.TB) Rules {
	t.Helper()
	return Rules{
		Election:   sample.Election(t),
		Topics:     snapshot.Topics{Votes: "votes", Voters: "voters"},
		FinalAfter: 5 * time.Minute, DelayedAfter: 2 * time.Minute,
	}
}

// newResults makes the document of a snapshot without a filter, as of a moment of the voting hours.
func newResults(e *election.Election, s *snapshot.Snapshot, topics snapshot.Topics) *Document {
	return resultsAt(e, s, topics, sample.At("2026-11-03T14:05:30Z"))
}

func resultsAt(e *election.Election, s *snapshot.Snapshot, topics snapshot.Topics, now time.Time) *Document {
	c := Rules{Election: e, Topics: topics, FinalAfter: 5 * time.Minute, DelayedAfter: 2 * time.Minute}
	return c.Publish(s, now)
}

func TestResultsGolden(t *testing.T) {
	c := testRules(t)
	for name, s := range map[string]*snapshot.Snapshot{"small": sample.Small(), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			got, err := json.MarshalIndent(newResults(c.Election, s, c.Topics), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			goldentest.File(t, filepath.Join("testdata", name+".json"), string(got)+"\n", "run go test ./functions/dashboard/results -update if it should")
		})
	}
}

func TestEqualSnapshotsEncodeEqually(t *testing.T) {
	c := testRules(t)
	encode := func() []byte {
		b, err := json.Marshal(newResults(c.Election, sample.Simulate(c.Election, 2000, 0.5), c.Topics))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if first := encode(); !bytes.Equal(first, encode()) {
		t.Error("two encodings of equal tables differ: the ETag would change without a change")
	}
}

func TestOpenBallot(t *testing.T) {
	r := newResults(election.OpenBallot(), sample.Small(), snapshot.Topics{Votes: "votes", Voters: "voters"})
	if !r.Election.OpenBallot || r.Election.Date != "2026-11-03" || r.Election.Opens != nil {
		t.Errorf("election %+v, want an open ballot with the date of its results and no hours", r.Election)
	}
	if r.Candidates[0].Name != "Elena Rivera" || r.Candidates[0].Colour == "" {
		t.Errorf("first candidate %+v, want Elena Rivera with a colour", r.Candidates[0])
	}
	if got := r.Regions[0].Name; got != "TX" {
		t.Errorf("region is named %q, want its id", got)
	}
	if r.Election.SmallCell != 10 {
		t.Errorf("small_cell %d, want 10", r.Election.SmallCell)
	}
}

func TestWatermark(t *testing.T) {
	row := func(topic, id string, partition int32, w string) snapshot.BookRow {
		r := snapshot.BookRow{TopicPartition: kafka.TopicPartition{Topic: topic, TopicID: id, Partition: partition}}
		if w != "" {
			r.Watermark = sample.At(w)
		}
		return r
	}
	idle := func(r snapshot.BookRow, ingested string) snapshot.BookRow {
		r.LastIngestedAt = sample.At(ingested)
		return r
	}
	const one, two, three = "2026-11-03T13:00:00Z", "2026-11-03T14:00:00Z", "2026-11-03T15:00:00Z"
	for name, tc := range map[string]struct {
		rows []snapshot.BookRow
		want string
	}{
		"nothing read":              {nil, ""},
		"no valid record":           {[]snapshot.BookRow{row("votes", "a", 0, "")}, ""},
		"least of the partitions":   {[]snapshot.BookRow{row("votes", "a", 0, three), row("votes", "a", 1, two)}, two},
		"partition without a valid": {[]snapshot.BookRow{row("votes", "a", 0, three), row("votes", "a", 1, "")}, three},
		"another topic":             {[]snapshot.BookRow{row("voters", "b", 0, one), row("votes", "a", 0, two)}, two},
		"idle partition": {[]snapshot.BookRow{
			idle(row("votes", "a", 0, one), "2026-11-03T16:00:00Z"), idle(row("votes", "a", 1, two), "2026-11-03T16:01:01Z"),
		}, two},
		"quiet partition": {[]snapshot.BookRow{
			idle(row("votes", "a", 0, one), "2026-11-03T16:00:00Z"), idle(row("votes", "a", 1, two), "2026-11-03T16:01:00Z"),
		}, one},
		"a producer's clock is fast": {[]snapshot.BookRow{
			idle(row("votes", "a", 0, three), "2026-11-03T14:00:00Z"), idle(row("votes", "a", 1, three), "2026-11-03T14:00:01Z"),
		}, two},
		"topic made anew": {[]snapshot.BookRow{row("votes", "old", 0, one), row("votes", "new", 0, two)}, two},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if w := watermark(tc.rows, "votes"); w != nil {
				got = w.Format(time.RFC3339)
			}
			if got != tc.want {
				t.Errorf("watermark %q, want %q", got, tc.want)
			}
		})
	}
}

func TestCompleteHours(t *testing.T) {
	c := testRules(t)
	for _, tc := range []struct {
		watermark string
		complete  int
	}{
		{"", 0},
		{"2026-11-03T13:59:59Z", 0},
		{"2026-11-03T14:00:00Z", 1},
		{"2026-11-03T15:00:00Z", 2},
		{"2026-11-04T02:00:00Z", 2},
	} {
		s := sample.Balanced()
		for i := range s.Books {
			s.Books[i].Watermark = time.Time{}
			if tc.watermark != "" {
				s.Books[i].Watermark, s.Books[i].LastIngestedAt = sample.At(tc.watermark), sample.At(tc.watermark)
			}
		}
		r := newResults(c.Election, s, c.Topics)
		complete := 0
		for _, h := range r.Hourly {
			if h.Complete {
				complete++
			}
			if h.Final {
				t.Errorf("watermark %q: hour %s is final while votes are counted", tc.watermark, h.Hour.Format(time.RFC3339))
			}
		}
		if r.Status != countstate.Counting || complete != tc.complete {
			t.Errorf("watermark %q: %s with %d complete hours, want %s with %d", tc.watermark, r.Status, complete, countstate.Counting, tc.complete)
		}
	}
}

func TestBooksOutOfBalance(t *testing.T) {
	c := testRules(t)
	s := sample.Small()
	s.Books[0].Pending++ // one partition too much,
	s.Books[1].Records++ // the other too little: the sum hides it
	b := newResults(c.Election, s, c.Topics).Books
	if b.Records != b.Accepted+b.Duplicate+b.Rejected+b.Pending {
		t.Fatal("the example should balance in the sum")
	}
	if b.Balanced || b.Topics["votes"].Balanced || b.Topics["votes"].Partitions[0].Balanced {
		t.Error("books that don't balance in a partition are called balanced")
	}
	s = sample.Small()
	s.Regions[0].Voted--
	if b := newResults(c.Election, s, c.Topics).Books; b.Reconciled || !b.Balanced {
		t.Errorf("reconciled %v, balanced %v with a vote missing from a table; want false and true", b.Reconciled, b.Balanced)
	}
}

func TestHeadline(t *testing.T) {
	c := testRules(t)
	c.Election.SmallCell = new(0)
	for _, tc := range []struct {
		votes      []int64 // chen, rivera
		registered int64
		want       string
	}{
		{nil, 0, "No votes counted yet."},
		{[]int64{0, 0}, 1000, "No votes counted yet."},
		{[]int64{0, 1}, 1000, "Elena Rivera has all 1 vote counted so far."},
		{[]int64{1200, 0}, 9000, "David Chen has all 1,200 votes counted so far."},
		{[]int64{300, 300}, 1000, "David Chen and Elena Rivera are level; turnout 60% so far."},
		{[]int64{306, 294}, 1000, "David Chen leads by 2.0 points; turnout 60% so far."},
		{[]int64{50000, 50001}, 200000, "Elena Rivera leads by 1 vote; turnout 50% so far."},
		{[]int64{99, 101}, 0, "Elena Rivera leads by 1.0 point; 200 votes counted so far."},
		{[]int64{2, 3}, 100000, "Elena Rivera leads by 20.0 points; turnout under 1% so far."},
		{[]int64{400, 598}, 1000, "Elena Rivera leads by 19.8 points; turnout over 99% so far."},
		{[]int64{400, 600}, 1000, "Elena Rivera leads by 20.0 points; turnout 100% so far."},
	} {
		region := snapshot.RegionRow{State: "TX", Registered: tc.registered}
		s := &snapshot.Snapshot{}
		for i, id := range []string{"chen", "rivera"} {
			if tc.votes != nil {
				region.Voted += tc.votes[i]
				s.Candidates = append(s.Candidates, snapshot.CandidateRow{ID: id, Name: id, Votes: tc.votes[i]})
				s.Hours = append(s.Hours, snapshot.HourRow{State: "TX", Hour: sample.At("2026-11-03T13:00:00Z"), Candidate: id, Votes: tc.votes[i]})
			}
		}
		s.Regions, s.Shown = []snapshot.RegionRow{region}, s.Hours
		if got := newResults(c.Election, s, c.Topics).Totals.Headline; got != tc.want {
			t.Errorf("votes %v of %d:\n got %q\nwant %q", tc.votes, tc.registered, got, tc.want)
		}
	}
}

// TestHeadlineClaims has headlines that must not claim too much, with and without
// votes that aren't shown, while votes are counted and in the end.
func TestHeadlineClaims(t *testing.T) {
	c := testRules(t)
	for _, tc := range []struct {
		counted, shown []int64 // chen, okafor, rivera
		exact          bool
		want           string
	}{
		{[]int64{400, 0, 415}, []int64{390, 0, 400}, false, "Too close to say who leads; turnout 82% so far."},
		{[]int64{400, 0, 415}, []int64{390, 0, 390}, false, "Too close to say who leads; turnout 82% so far."},
		{[]int64{400, 0, 600}, []int64{395, 0, 590}, false, "Elena Rivera leads by 19.8 points; turnout 100% so far."},
		{[]int64{4, 2, 3}, nil, false, "9 votes counted so far; by candidate they follow when there are more."},
		{[]int64{0, 0, 40}, []int64{0, 0, 30}, false, "Elena Rivera leads by 100.0 points; turnout 4% so far."},
		{[]int64{300, 300, 300}, []int64{300, 300, 300}, false, "David Chen, Ngozi Okafor and Elena Rivera are level; turnout 90% so far."},
		{[]int64{400, 0, 415}, []int64{390, 0, 400}, true, "Elena Rivera received the most votes, 1.8 points ahead; turnout 82%."},
		{[]int64{400, 10, 400}, []int64{400, 0, 390}, true, "David Chen and Elena Rivera received the same number of votes, and nobody more; turnout 81%."},
		{[]int64{0, 400, 0}, nil, true, "Ngozi Okafor received all 400 votes."},
		{[]int64{0, 0, 0}, nil, true, "No votes were counted."},
	} {
		s := &snapshot.Snapshot{}
		region := snapshot.RegionRow{State: "TX", Registered: 1000}
		for i, id := range []string{"chen", "okafor", "rivera"} {
			row := snapshot.HourRow{State: "TX", Hour: sample.At("2026-11-03T13:00:00Z"), Candidate: id, Votes: tc.counted[i]}
			region.Voted += row.Votes
			s.Hours = append(s.Hours, row)
			if tc.shown != nil {
				row.Votes = tc.shown[i]
				s.Shown = append(s.Shown, row)
			}
		}
		s.Regions = []snapshot.RegionRow{region}
		state := countstate.State{Name: countstate.Counting}
		if tc.exact {
			state.Name = countstate.Complete
		}
		if got := c.Publication(s, state).Through(filter.Filter{}).Totals.Headline; got != tc.want {
			t.Errorf("counted %v, shown %v:\n got %q\nwant %q", tc.counted, tc.shown, got, tc.want)
		}
	}
}

// TestTheEndIsExact checks that totals, regions, hours and minutes of a complete
// count are those of the tables and add up, in a country where nothing is few.
func TestTheEndIsExact(t *testing.T) {
	e := sample.Election(t)
	s := sample.Simulate(e, 60_000, 1)
	r := Rules{Election: e, Topics: snapshot.Topics{Votes: "votes", Voters: "voters"}}.Publication(s, countstate.State{Name: countstate.Complete}).Through(filter.Filter{})
	if !r.Exact || r.Totals.Held != 0 {
		t.Fatalf("exact %v, %d votes held; want all of them", r.Exact, r.Totals.Held)
	}
	sum := map[string]int64{}
	for _, g := range r.Regions {
		for id, votes := range g.By {
			sum[id] += votes
		}
		if g.Held != 0 {
			t.Errorf("%s holds %d votes", g.State, g.Held)
		}
	}
	byHour := map[string]int64{}
	for _, h := range r.Hourly {
		if h.Withheld || h.Held != 0 {
			t.Errorf("hour %v is withheld: %v", h.Hour, h)
		}
		for id, votes := range h.By {
			byHour[id] += votes
		}
	}
	for _, c := range r.Candidates {
		if sum[c.ID] != c.Votes || byHour[c.ID] != c.Votes {
			t.Errorf("%s has %d votes, %d by region, %d by hour", c.ID, c.Votes, sum[c.ID], byHour[c.ID])
		}
	}
	if i := slices.IndexFunc(s.Candidates, func(c snapshot.CandidateRow) bool { return c.ID == r.Candidates[0].ID }); s.Candidates[i].Votes != r.Candidates[0].Votes {
		t.Errorf("%s has %d votes, the table %d", r.Candidates[0].ID, r.Candidates[0].Votes, s.Candidates[i].Votes)
	}
	for _, m := range r.Minutes {
		var votes int64
		for _, n := range m.By {
			votes += n
		}
		if !m.Withheld && votes != m.Votes {
			t.Errorf("minute %v has %d votes, %d by candidate", m.Minute, m.Votes, votes)
		}
	}
}

// TestEverythingShowsWithoutSmallCell checks that an election that hides nothing
// shows what the tables hold.
func TestEverythingShowsWithoutSmallCell(t *testing.T) {
	for _, smallCell := range []int{0, 1} {
		e := sample.Election(t)
		e.SmallCell = &smallCell
		s := sample.Simulate(e, 3000, 0.4)
		r := newResults(e, s, snapshot.Topics{Votes: "votes", Voters: "voters"})
		want, got := map[string]int64{}, map[string]int64{}
		for _, row := range s.Candidates {
			want[row.ID] = row.Votes
		}
		for _, c := range r.Candidates {
			got[c.ID] = c.Votes
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("small_cell %d (-want +got):\n%s", smallCell, diff)
		}
		for _, m := range r.Minutes {
			if m.Withheld {
				t.Errorf("small_cell %d: minute %v is withheld", smallCell, m.Minute)
			}
		}
	}
}

// TestClocksThatAreFast has a vote that bears a time to come: the minutes of now
// stay on the page.
func TestClocksThatAreFast(t *testing.T) {
	s := sample.Small()
	s.Minutes = append(s.Minutes, snapshot.MinuteRow{Minute: sample.At("2026-11-03T23:00:00Z"), State: "TX", Candidate: "chen", Votes: 1})
	s.Hours = append(s.Hours, snapshot.HourRow{Hour: sample.At("2026-11-03T23:00:00Z"), State: "TX", Candidate: "chen", Votes: 1})
	r := newResults(sample.Election(t), s, snapshot.Topics{Votes: "votes", Voters: "voters"})
	if len(r.Minutes) != 5 || r.Minutes[0].Votes != 10 {
		t.Errorf("minutes %+v, want the four of now and the one to come", r.Minutes)
	}
}

// TestDocumentHoldsAllResults checks that every field of Results is in the
// document, which is put together member by member.
func TestDocumentHoldsAllResults(t *testing.T) {
	c := testRules(t)
	want := newResults(c.Election, sample.Small(), c.Topics)
	e, err := Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample.Decode(t, whole), sample.Decode(t, e.Body)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if again, err := Encode(newResults(c.Election, sample.Small(), c.Topics)); err != nil || again.Version != e.Version {
		t.Errorf("equal results have the versions %s and %s (%v)", e.Version, again.Version, err)
	}
	changed := sample.Small()
	changed.Books[0].Records++
	if other, err := Encode(newResults(c.Election, changed, c.Topics)); err != nil || other.Version == e.Version {
		t.Errorf("another record leaves the version %s (%v)", e.Version, err)
	}
}
