package dashboard

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/election"
)

var update = flag.Bool("update", false, "write the golden files anew")

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// small is a snapshot that a reader can add up.
func small() *Snapshot {
	pass := at("2026-11-03T14:05:00.25Z")
	early := at("2026-11-03T13:00:00Z")
	s := &Snapshot{
		Candidates: []CandidateRow{
			{ElectionDate: "2026-11-03", ID: "chen", Name: "David Chen", Party: "Progress Alliance", Votes: 30, UpdatedAt: pass},
			{ElectionDate: "2026-11-03", ID: "rivera", Name: "Elena Rivera", Party: "Civic Union", Image: "https://example.org/rivera.png", Votes: 50, UpdatedAt: pass},
			{ElectionDate: "2026-11-03", ID: "okafor", Name: "Ngozi Okafor", Party: "Green Compact", Votes: 20, UpdatedAt: early},
		},
		Regions: []RegionRow{
			{State: "TX", Registered: 150, Voted: 80, Leader: "rivera", LeaderVotes: 45, Margin: 25, UpdatedAt: early},
			{State: "VT", Registered: 50, Voted: 20, Leader: "chen", LeaderVotes: 10, Margin: 5, UpdatedAt: early},
			{State: "ZZ", UpdatedAt: early},
		},
		Hours: []HourRow{
			{Hour: at("2026-11-03T13:00:00Z"), State: "TX", Candidate: "rivera", Votes: 40, Revision: 1, UpdatedAt: early},
			{Hour: at("2026-11-03T13:00:00Z"), State: "TX", Candidate: "chen", Votes: 20, Revision: 3, UpdatedAt: early},
			{Hour: at("2026-11-03T13:00:00Z"), State: "VT", Candidate: "chen", Votes: 10, UpdatedAt: early},
			{Hour: at("2026-11-03T14:00:00Z"), State: "TX", Candidate: "rivera", Votes: 5, UpdatedAt: early},
			{Hour: at("2026-11-03T14:00:00Z"), State: "TX", Candidate: "okafor", Votes: 15, UpdatedAt: early},
			{Hour: at("2026-11-03T14:00:00Z"), State: "VT", Candidate: "rivera", Votes: 5, UpdatedAt: early},
			{Hour: at("2026-11-03T14:00:00Z"), State: "VT", Candidate: "okafor", Votes: 5, UpdatedAt: early},
		},
		Minutes: []MinuteRow{
			{Minute: at("2026-11-03T13:58:00Z"), State: "VT", Candidate: "chen", Votes: 10},
			{Minute: at("2026-11-03T13:59:00Z"), State: "TX", Candidate: "chen", Votes: 20, Revision: 3},
			{Minute: at("2026-11-03T13:59:00Z"), State: "TX", Candidate: "rivera", Votes: 40},
			{Minute: at("2026-11-03T14:02:00Z"), State: "TX", Candidate: "okafor", Votes: 4},
			{Minute: at("2026-11-03T14:03:00Z"), State: "TX", Candidate: "okafor", Votes: 11},
			{Minute: at("2026-11-03T14:03:00Z"), State: "TX", Candidate: "rivera", Votes: 5},
			{Minute: at("2026-11-03T14:03:00Z"), State: "VT", Candidate: "okafor", Votes: 5},
			{Minute: at("2026-11-03T14:03:00Z"), State: "VT", Candidate: "rivera", Votes: 5},
		},
		Amendments: []AmendmentRow{
			{Minute: at("2026-11-03T13:59:00Z"), Candidate: "chen", Before: 27, After: 30, Revision: 3, AmendedAt: pass},
			{Minute: at("2026-11-03T13:59:00Z"), Candidate: "rivera", Before: 41, After: 40, Revision: 1, AmendedAt: pass},
		},
		Demographics: []DemographicRow{
			{State: "TX", AgeGroup: "18-24", Gender: "female", Registered: 70, Voted: 40, UpdatedAt: early},
			{State: "TX", AgeGroup: "18-24", Gender: "male", Registered: 40, Voted: 20, UpdatedAt: early},
			{State: "TX", AgeGroup: "65+", Gender: "female", Registered: 25, Voted: 15, UpdatedAt: early},
			{State: "TX", AgeGroup: "65+", Gender: "male", Registered: 15, Voted: 5, UpdatedAt: early},
			{State: "VT", AgeGroup: "18-24", Gender: "female", Registered: 3, Voted: 1, UpdatedAt: early},
			{State: "VT", AgeGroup: "18-24", Gender: "male", Registered: 11, Voted: 9, UpdatedAt: early},
			{State: "VT", AgeGroup: "65+", Gender: "female", Registered: 16, Voted: 5, UpdatedAt: early},
			{State: "VT", AgeGroup: "65+", Gender: "male", Registered: 20, Voted: 5, UpdatedAt: early},
		},
		Books: []BookRow{
			{
				Topic: "votes", TopicID: "a", Partition: 0, Records: 70, Accepted: 60, Duplicate: 5, Rejected: 3, Pending: 2,
				FirstOffset: 0, NextOffset: 70, LastOffset: 69, Watermark: at("2026-11-03T14:04:00Z"), LastIngestedAt: pass, UpdatedAt: early,
			},
			{
				Topic: "votes", TopicID: "a", Partition: 1, Records: 41, Accepted: 40, Duplicate: 1, Gaps: 1,
				FirstOffset: 10, NextOffset: 20, LastOffset: 51, Watermark: at("2026-11-03T14:03:00Z"), LastIngestedAt: pass, UpdatedAt: early,
			},
			{
				Topic: "voters", TopicID: "b", Partition: 0, Records: 202, Accepted: 200, Duplicate: 1,
				NextOffset: 202, LastOffset: 201, LastIngestedAt: early, UpdatedAt: early,
			},
		},
	}
	s.Shown = s.Hours // nothing waits for a step
	return report(s, pass)
}

// balanced is small with books that balance.
func balanced() *Snapshot {
	s := small()
	s.Books[2].Rejected = 1
	s.Books[0].Rejected, s.Books[0].Pending = 5, 0
	s.Books[1].NextOffset = 52
	return s
}

func TestResultsGolden(t *testing.T) {
	c := testConfig(t)
	for name, s := range map[string]*Snapshot{"small": small(), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			got, err := json.MarshalIndent(newResults(c.Election, s, c.Topics), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("results differ from %s; run with -update if they should (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestEqualSnapshotsEncodeEqually(t *testing.T) {
	c := testConfig(t)
	encode := func() []byte {
		b, err := marshal(newResults(c.Election, simulate(c.Election, 2000, 0.5), c.Topics))
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
	r := newResults(election.OpenBallot(), small(), Topics{Votes: "votes", Voters: "voters"})
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
	row := func(topic, id string, partition int64, w string) BookRow {
		r := BookRow{Topic: topic, TopicID: id, Partition: partition}
		if w != "" {
			r.Watermark = at(w)
		}
		return r
	}
	idle := func(r BookRow, ingested string) BookRow {
		r.LastIngestedAt = at(ingested)
		return r
	}
	const one, two, three = "2026-11-03T13:00:00Z", "2026-11-03T14:00:00Z", "2026-11-03T15:00:00Z"
	for name, tc := range map[string]struct {
		rows []BookRow
		want string
	}{
		"nothing read":              {nil, ""},
		"no valid record":           {[]BookRow{row("votes", "a", 0, "")}, ""},
		"least of the partitions":   {[]BookRow{row("votes", "a", 0, three), row("votes", "a", 1, two)}, two},
		"partition without a valid": {[]BookRow{row("votes", "a", 0, three), row("votes", "a", 1, "")}, three},
		"another topic":             {[]BookRow{row("voters", "b", 0, one), row("votes", "a", 0, two)}, two},
		"idle partition": {[]BookRow{
			idle(row("votes", "a", 0, one), "2026-11-03T16:00:00Z"), idle(row("votes", "a", 1, two), "2026-11-03T16:01:01Z"),
		}, two},
		"quiet partition": {[]BookRow{
			idle(row("votes", "a", 0, one), "2026-11-03T16:00:00Z"), idle(row("votes", "a", 1, two), "2026-11-03T16:01:00Z"),
		}, one},
		"a producer's clock is fast": {[]BookRow{
			idle(row("votes", "a", 0, three), "2026-11-03T14:00:00Z"), idle(row("votes", "a", 1, three), "2026-11-03T14:00:01Z"),
		}, two},
		"topic made anew": {[]BookRow{row("votes", "old", 0, one), row("votes", "new", 0, two)}, two},
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
	c := testConfig(t)
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
		s := balanced()
		for i := range s.Books {
			s.Books[i].Watermark = time.Time{}
			if tc.watermark != "" {
				s.Books[i].Watermark, s.Books[i].LastIngestedAt = at(tc.watermark), at(tc.watermark)
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

// The tables and the reports make the state, and the state makes the sentence.
func TestStatus(t *testing.T) {
	c := testConfig(t)
	night := c.Election.Closes.Add(time.Hour)
	for name, tc := range map[string]struct {
		change func(*Snapshot)
		at     time.Time
		want   countstate.Name
		text   string
	}{
		"while voting": {func(s *Snapshot) { report(s, at("2026-11-03T14:05:00Z")) }, at("2026-11-03T14:06:00Z"),
			countstate.Counting, "Votes are being counted."},
		"everything is counted": {func(*Snapshot) {}, night,
			countstate.Complete, "Complete: voting has closed, and every vote received is counted."},
		"everything but what is pending": {func(s *Snapshot) { s.Books[0].Pending, s.Books[0].Rejected = 2, 3 }, night,
			countstate.Complete, "Complete: voting has closed, and everything received is counted, but for 2 votes whose voter isn't registered."},
		"nobody looks at Kafka": {func(s *Snapshot) { report(s, night.Add(-time.Hour)) }, night,
			countstate.Delayed, "Delayed: since 4 Nov 2026, 02:00 UTC it isn't known how many votes have been sent."},
		"one vote is on its way": {func(s *Snapshot) { s.Logs[1].LogEnd++ }, night,
			countstate.Counting, "Voting has closed; 1 record still on the way."},
		"records of both topics are on their way": {func(s *Snapshot) {
			for i := range s.Logs {
				s.Logs[i].LogEnd += 2
			}
		}, night, countstate.Counting, "Voting has closed; 6 records still on the way."},
		"an open transaction": {func(s *Snapshot) {
			s.Logs[1].LogEnd += 11
			s.Logs[1].UnreadSince = night.Add(-10 * time.Minute)
		}, night, countstate.Delayed, "Delayed: 11 records held back since 4 Nov 2026, 02:50 UTC by a sender that hasn't finished."},
		"a dead letter": {func(s *Snapshot) {
			s.Logs[0].LastRecord++
			s.Logs[0].UnsettledSince = night.Add(-10 * time.Minute)
		}, night, countstate.Delayed, "Delayed: 1 record received since 4 Nov 2026, 02:50 UTC not counted yet."},
		"certified": {func(s *Snapshot) {
			s.Certified = &CertificationRow{Certified: true, By: "{time} Ann", At: night, Result: map[string]int64{"chen": 30, "rivera": 50, "okafor": 20}}
		}, night, countstate.Certified, "Certified by {time} Ann, 4 Nov 2026, 03:00 UTC."},
		"certified, and changed since": {func(s *Snapshot) {
			s.Certified = &CertificationRow{Certified: true, By: "Ann", At: night, Result: map[string]int64{"chen": 30, "rivera": 49, "okafor": 20}}
		}, night, countstate.Complete, "Complete; the result that was certified on 4 Nov 2026, 03:00 UTC has changed since."},
	} {
		t.Run(name, func(t *testing.T) {
			s := report(balanced(), night)
			tc.change(s)
			r := resultsAt(c.Election, s, c.Topics, tc.at)
			if r.Status != tc.want || r.State.Name != tc.want || r.State.Text != tc.text {
				t.Errorf("%s, %q; want %s, %q", r.Status, r.State.Text, tc.want, tc.text)
			}
		})
	}
}

// Every state with every reason that it can have has a sentence.
func TestEveryReasonHasWords(t *testing.T) {
	since := time.Unix(0, 0)
	for name, codes := range map[countstate.Name][]string{
		countstate.Delayed: {countstate.ReasonUnreadable, countstate.ReasonNeverReported, countstate.ReasonSilent, countstate.ReasonUnread,
			countstate.ReasonOpenTransaction, countstate.ReasonUnsettled, countstate.ReasonUnbalanced},
		countstate.Counting: {countstate.ReasonOnTheWay, countstate.ReasonUnchecked, countstate.ReasonNotQuiet, countstate.ReasonDeletedUnread,
			countstate.ReasonCertificationOutdated},
		countstate.Complete: {countstate.ReasonCertificationOutdated},
		countstate.Waiting:  {countstate.ReasonCertificationOutdated},
	} {
		for _, code := range codes {
			s := stand(countstate.State{Name: name, Reasons: []countstate.Reason{{Code: code, Records: 2, Since: &since}}})
			if strings.HasPrefix(s.Text, "standing.") || strings.ContainsAny(s.Text, "{}") {
				t.Errorf("%s because of %s: %q", name, code, s.Text)
			}
		}
	}
}

func TestBooksOutOfBalance(t *testing.T) {
	c := testConfig(t)
	s := small()
	s.Books[0].Pending++ // one partition too much,
	s.Books[1].Records++ // the other too little: the sum hides it
	b := newResults(c.Election, s, c.Topics).Books
	if b.Records != b.Accepted+b.Duplicate+b.Rejected+b.Pending {
		t.Fatal("the example should balance in the sum")
	}
	if b.Balanced || b.Topics["votes"].Balanced || b.Topics["votes"].Partitions[0].Balanced {
		t.Error("books that don't balance in a partition are called balanced")
	}
	s = small()
	s.Regions[0].Voted--
	if b := newResults(c.Election, s, c.Topics).Books; b.Reconciled || !b.Balanced {
		t.Errorf("reconciled %v, balanced %v with a vote missing from a table; want false and true", b.Reconciled, b.Balanced)
	}
}

func TestHeadline(t *testing.T) {
	c := testConfig(t)
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
		region := RegionRow{State: "TX", Registered: tc.registered}
		s := &Snapshot{}
		for i, id := range []string{"chen", "rivera"} {
			if tc.votes != nil {
				region.Voted += tc.votes[i]
				s.Candidates = append(s.Candidates, CandidateRow{ID: id, Name: id, Votes: tc.votes[i]})
				s.Hours = append(s.Hours, HourRow{State: "TX", Hour: at("2026-11-03T13:00:00Z"), Candidate: id, Votes: tc.votes[i]})
			}
		}
		s.Regions, s.Shown = []RegionRow{region}, s.Hours
		if got := newResults(c.Election, s, c.Topics).Totals.Headline; got != tc.want {
			t.Errorf("votes %v of %d:\n got %q\nwant %q", tc.votes, tc.registered, got, tc.want)
		}
	}
}

// TestHeadlineClaims has headlines that must not claim too much, with and without
// votes that aren't shown, while votes are counted and in the end.
func TestHeadlineClaims(t *testing.T) {
	c := testConfig(t)
	for _, tc := range []struct {
		counted, shown []int64 // chen, okafor, rivera
		exact          bool
		want           string
	}{
		{[]int64{400, 0, 415}, []int64{390, 0, 400}, false, "Too close to say who leads: 25 votes are counted and not yet shown by candidate; turnout 82% so far."},
		{[]int64{400, 0, 415}, []int64{390, 0, 390}, false, "Too close to say who leads: 35 votes are counted and not yet shown by candidate; turnout 82% so far."},
		{[]int64{400, 0, 600}, []int64{395, 0, 590}, false, "Elena Rivera leads by 19.8 points; turnout 100% so far."},
		{[]int64{4, 2, 3}, nil, false, "9 votes counted so far; by candidate they follow when there are more."},
		{[]int64{0, 0, 40}, []int64{0, 0, 30}, false, "Elena Rivera leads by 100.0 points; turnout 4% so far."},
		{[]int64{300, 300, 300}, []int64{300, 300, 300}, false, "David Chen, Ngozi Okafor and Elena Rivera are level; turnout 90% so far."},
		{[]int64{400, 0, 415}, []int64{390, 0, 400}, true, "Elena Rivera received the most votes, 1.8 points ahead; turnout 82%."},
		{[]int64{400, 10, 400}, []int64{400, 0, 390}, true, "David Chen and Elena Rivera received the same number of votes, and nobody more; turnout 81%."},
		{[]int64{0, 400, 0}, nil, true, "Ngozi Okafor received all 400 votes."},
		{[]int64{0, 0, 0}, nil, true, "No votes were counted."},
	} {
		s := &Snapshot{}
		region := RegionRow{State: "TX", Registered: 1000}
		for i, id := range []string{"chen", "okafor", "rivera"} {
			row := HourRow{State: "TX", Hour: at("2026-11-03T13:00:00Z"), Candidate: id, Votes: tc.counted[i]}
			region.Voted += row.Votes
			s.Hours = append(s.Hours, row)
			if tc.shown != nil {
				row.Votes = tc.shown[i]
				s.Shown = append(s.Shown, row)
			}
		}
		s.Regions = []RegionRow{region}
		ed := (&edition{election: c.Election, topics: c.Topics, snapshot: s, final: tc.exact}).prepared()
		if got := ed.results(Filter{}).Totals.Headline; got != tc.want {
			t.Errorf("counted %v, shown %v:\n got %q\nwant %q", tc.counted, tc.shown, got, tc.want)
		}
	}
}
