package dashboard

import (
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/election"
)

// stepped is what shown.sql makes of what was shown and what is counted now,
// written down anew.
func stepped(before, hours []HourRow, k int64) (after []HourRow) {
	counted, shown := cellsOf(hours), cellsOf(before)
	for c := range shown {
		if _, ok := counted[c]; !ok {
			counted[c] = nil
		}
	}
	for c, votes := range counted {
		for _, p := range step(shown[c], votes, k) {
			after = append(after, HourRow{Hour: time.Unix(c.hour, 0).UTC(), State: c.region, Candidate: p.candidate, Votes: p.votes})
		}
	}
	slices.SortFunc(after, compareHours)
	return after
}

// step is the step of one cell.
func step(shown, counted tally, k int64) tally {
	if k <= 1 {
		return counted
	}
	var come, gone tally
	for _, p := range counted.plus(shown, -1) {
		if p.votes > 0 {
			come = append(come, p)
		} else {
			gone = append(gone, p)
		}
	}
	after, waiting := shown, come.votes()
	if -gone.votes() >= k {
		after = after.plus(gone, 1)
	}
	if waiting >= 2*k {
		var upto int64
		for _, p := range come {
			kept := k*(upto+p.votes)/waiting - k*upto/waiting
			upto += p.votes
			after = after.plus(tally{{p.candidate, p.votes - kept}}, 1)
		}
	}
	if -gone.votes() >= k && after.votes() < k {
		return nil
	}
	return after
}

func TestStep(t *testing.T) {
	for name, tc := range map[string]struct{ shown, counted, want tally }{
		"too few":                 {nil, tally{{"a", 12}, {"b", 7}}, nil},
		"enough for both":         {nil, tally{{"a", 15}, {"b", 5}}, tally{{"a", 8}, {"b", 2}}},
		"all alike":               {nil, tally{{"a", 20}}, tally{{"a", 10}}},
		"not enough more":         {tally{{"a", 10}}, tally{{"a", 29}}, tally{{"a", 10}}},
		"a single one stays back": {tally{{"a", 90}}, tally{{"a", 100}, {"b", 20}, {"c", 1}}, tally{{"a", 97}, {"b", 14}}},
		"few have gone":           {tally{{"a", 30}}, tally{{"a", 21}}, tally{{"a", 30}}},
		"many have gone":          {tally{{"a", 30}}, tally{{"a", 20}}, tally{{"a", 20}}},
		"few would be left":       {tally{{"a", 30}}, tally{{"a", 9}}, nil},
		"many change their minds": {tally{{"a", 31}, {"b", 5}}, tally{{"a", 21}, {"b", 25}}, tally{{"a", 21}, {"b", 15}}},
	} {
		if diff := gocmp.Diff(tc.want, step(tc.shown, tc.counted, 10), gocmp.AllowUnexported(portion{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// ballots are counted one at a time. Some come late; where moving is set, some go
// or change from one candidate to another.
type ballots struct {
	rng    *rand.Rand
	moving bool
	pace   int // seconds from one to the next, at most
	now    time.Time
	all    []MinuteRow
	votes  map[MinuteRow]int64
}

func newBallots(seed uint64, moving bool, opens time.Time) *ballots {
	return &ballots{rng: rand.New(rand.NewPCG(seed, 7)), moving: moving, pace: 40, now: opens, votes: map[MinuteRow]int64{}}
}

func (b *ballots) count() {
	region := []string{"CA", "CA", "CA", "CA", "NY", "NY", "NY", "VT", "VT", "WY"}[b.rng.IntN(10)]
	candidate := []string{"rivera", "chen", "okafor"}[b.rng.IntN(3)]
	b.now = b.now.Add(time.Duration(b.rng.IntN(b.pace)) * time.Second)
	at := b.now
	if b.rng.IntN(8) == 0 {
		at = at.Add(-time.Duration(b.rng.IntN(5*3600)) * time.Second)
	}
	row := MinuteRow{Minute: at.Truncate(time.Minute), State: region, Candidate: candidate}
	b.votes[row]++
	b.all = append(b.all, row)
	if b.moving && b.rng.IntN(15) == 0 { // an earlier one goes, perhaps to come back elsewhere
		if gone := b.all[b.rng.IntN(len(b.all))]; b.votes[gone] > 0 {
			b.votes[gone]--
		}
	}
}

// snapshot is what a pass makes of the ballots after the snapshot before.
func (b *ballots) snapshot(before *Snapshot, k int64) *Snapshot {
	s := &Snapshot{}
	hours, regions := map[HourRow]int64{}, map[string]int64{}
	for m, votes := range b.votes {
		if votes == 0 {
			continue
		}
		regions[m.State] += votes
		hours[HourRow{Hour: m.Minute.Truncate(time.Hour), State: m.State, Candidate: m.Candidate}] += votes
		if m.Votes = votes; !m.Minute.Before(minutesFrom(b.now)) {
			s.Minutes = append(s.Minutes, m)
		}
	}
	for h, votes := range hours {
		h.Votes = votes
		s.Hours = append(s.Hours, h)
	}
	for _, region := range slices.Sorted(maps.Keys(regions)) {
		s.Regions = append(s.Regions, RegionRow{State: region, Voted: regions[region]})
	}
	slices.SortFunc(s.Hours, compareHours)
	slices.SortFunc(s.Minutes, func(a, b MinuteRow) int { return a.Minute.Compare(b.Minute) })
	s.Shown = stepped(before.Shown, s.Hours, k)
	return s
}

// views are all filters that somebody can look through.
func views(opens time.Time, hours int) (list []Filter) {
	regions := []*string{nil}
	for _, id := range []string{"CA", "NY", "VT", "WY"} {
		regions = append(regions, &id)
	}
	for _, region := range regions {
		list = append(list, Filter{Region: region})
		for from := range hours {
			begin := opens.Add(time.Duration(from) * time.Hour)
			list = append(list, Filter{Region: region, From: &begin}, Filter{Region: region, To: &begin})
			for to := from + 1; to <= hours; to++ {
				end := opens.Add(time.Duration(to) * time.Hour)
				list = append(list, Filter{Region: region, From: &begin, To: &end})
			}
		}
	}
	return list
}

// TestNoTwoDocumentsDifferByFewBallots counts in passes of a few ballots, and
// compares whatever two figures somebody can get: of any two moments, through any
// filter, and through the whole less a part. Where ballots only come, each
// difference is none or small_cell ballots; where some go, two steps may cancel
// each other out, and what is compared are neighbours. What an instance shows
// depends on the tables alone, so that it doesn't matter which one is asked.
func TestNoTwoDocumentsDifferByFewBallots(t *testing.T) {
	const k, passes = 10, 60
	e := testElection(t)
	all := views(e.Opens, 6)
	few := func(a, b tally) bool {
		size := a.plus(b, -1).size()
		return size > 0 && size < k
	}
	for _, moving := range []bool{false, true} {
		b, s := newBallots(7, moving, e.Opens), &Snapshot{}
		var documents [][]tally
		moved := 0
		for range passes {
			for range 10 + b.rng.IntN(40) {
				b.count()
			}
			s = b.snapshot(s, k)
			var now []tally
			shown := publish(s, k, false)
			for _, f := range all {
				figures := shown.through(f).tally
				now = append(now, figures)
				if few(figures, nil) {
					t.Fatalf("pass %d shows %v through %s", len(documents), figures, f.encode())
				}
				if few(now[0], figures) {
					t.Fatalf("pass %d: %v less %v of %s leaves few", len(documents), now[0], figures, f.encode())
				}
			}
			for at, before := range documents {
				for i, f := range all {
					if (!moving || at == len(documents)-1) && few(now[i], before[i]) {
						t.Fatalf("passes %d and %d differ by few through %s: %v and %v", at, len(documents), f.encode(), before[i], now[i])
					}
				}
			}
			if n := len(documents); n > 0 && !slices.Equal(documents[n-1][0], now[0]) {
				moved++
			}
			documents = append(documents, now)
		}
		if moved < passes/2 {
			t.Errorf("figures moved %d times in %d passes: too seldom to be of use", moved, passes)
		}
		exact := publish(s, k, true)
		for region, counted := range exact.regions { // the last step
			for at, document := range documents {
				i := slices.IndexFunc(all, func(f Filter) bool { return f.Region != nil && *f.Region == region && !f.timed() })
				if !moving && few(counted.tally, document[i]) {
					t.Fatalf("the end of %s, %v, differs by few from pass %d, %v", region, counted.tally, at, document[i])
				}
			}
		}
	}
}

// TestTheEndTellsNoFewBallots attacks a complete count with linear algebra, in
// elections of all sizes: what is unknown is the rest of each cell that was never
// shown in steps, and each minute's votes; what is published are the sums of
// regions, hours and minutes, through every filter. No rest of fewer than
// small_cell ballots may follow, unless its region has no other.
func TestTheEndTellsNoFewBallots(t *testing.T) {
	const k = 10
	e := testElection(t)
	withheld, published := 0, 0
	for seed := range uint64(60) {
		b, s := newBallots(seed, seed%3 == 2, e.Opens), &Snapshot{}
		b.pace = 1 + 40/(1+int(seed%9))
		for range 1 + seed%20 {
			for range 1 + b.rng.IntN(2400/b.pace) {
				b.count()
			}
			s = b.snapshot(s, k)
		}
		a := newAttack(s)
		shown := publish(s, k, true)
		for region := range shown.regions {
			a.learn(func(x unknown) bool { return x.region == region })
		}
		for c, figure := range shown.cells {
			if figure.lag == 0 {
				a.learn(func(x unknown) bool { return x.cell == c })
				published++
			} else {
				withheld++
			}
		}
		for hour, figure := range shown.hours {
			if figure.lag == 0 {
				a.learn(func(x unknown) bool { return x.region != "" && x.hour == hour })
				a.learnHour(hour)
			}
		}
		for minute := range shown.minutes {
			a.learn(func(x unknown) bool { return x.minute == minute && x.region == "" })
		}
		a.check(t, seed, k)
		checkPools(t, s, shown, k)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d cells were withheld, %d published", withheld, published)
	if withheld < 200 || published < 200 {
		t.Errorf("%d cells were withheld and %d published: too few to be of use", withheld, published)
	}
}

// unknown is what the attacker wants to know: the rest of a cell, or the votes of
// a minute of all regions, which has no region.
type unknown struct {
	cell
	minute int64
}

// attack is a system of linear equations.
type attack struct {
	unknowns []unknown
	ballots  []int64
	rows     [][]*big.Rat
	single   map[string]int // rests by region
}

func newAttack(s *Snapshot) *attack {
	a := &attack{single: map[string]int{}}
	counted, shown := cellsOf(s.Hours), cellsOf(s.Shown)
	for c := range counted {
		if n := counted[c].plus(shown[c], -1).size(); n > 0 {
			a.unknowns, a.ballots = append(a.unknowns, unknown{cell: c}), append(a.ballots, n)
			a.single[c.region]++
		}
	}
	minutes := map[int64]int64{}
	for _, m := range s.Minutes {
		minutes[m.Minute.Unix()] += m.Votes
	}
	for at, votes := range minutes {
		a.unknowns, a.ballots = append(a.unknowns, unknown{cell{"", hourStart(at)}, at}), append(a.ballots, votes)
	}
	return a
}

// learn adds an equation: the sum of some unknowns.
func (a *attack) learn(in func(unknown) bool) {
	row := make([]*big.Rat, len(a.unknowns))
	for i, x := range a.unknowns {
		row[i] = new(big.Rat)
		if in(x) {
			row[i].SetInt64(1)
		}
	}
	a.rows = append(a.rows, row)
}

// learnHour adds that an hour's minutes make the hour.
func (a *attack) learnHour(hour int64) {
	a.learn(func(x unknown) bool { return x.region == "" && x.hour == hour })
}

func (a *attack) check(t *testing.T, seed uint64, k int64) {
	t.Helper()
	for _, i := range determined(a.rows, len(a.unknowns)) {
		x := a.unknowns[i]
		if a.ballots[i] < k && (x.region == "" || a.single[x.region] > 1) {
			t.Errorf("election %d: %d ballots of %q at %v follow from what is published", seed, a.ballots[i], x.region, time.Unix(max(x.minute, x.hour), 0).UTC())
		}
	}
}

// checkPools checks that what is withheld of a published sum is enough ballots.
func checkPools(t *testing.T, s *Snapshot, shown *showing, k int64) {
	t.Helper()
	counted, before := cellsOf(s.Hours), cellsOf(s.Shown)
	regions, parts, hours := map[string]int64{}, map[string]int{}, map[int64]int64{}
	for c, figure := range shown.cells {
		if rest := counted[c].plus(before[c], -1).size(); figure.lag > 0 {
			regions[c.region] += rest
			hours[c.hour] += rest
		} else if rest > 0 {
			parts[c.region]++
		}
	}
	for region, n := range regions {
		if n > 0 && n < k && parts[region] > 0 {
			t.Errorf("what is withheld of %s is %d ballots, want at least %d", region, n, k)
		}
	}
	for hour, n := range hours {
		if n > 0 && n < k && shown.hours[hour].lag == 0 {
			t.Errorf("what is withheld of hour %d is %d ballots, want at least %d", hour, n, k)
		}
	}
}

// TestTheEndIsExact checks that totals, regions, hours and minutes of a complete
// count are those of the tables and add up, in a country where nothing is few.
func TestTheEndIsExact(t *testing.T) {
	e := testElection(t)
	s := simulate(e, 60_000, 1)
	r := (&edition{election: e, topics: Topics{Votes: "votes", Voters: "voters"}, snapshot: s, final: true}).prepared().results(Filter{})
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
	if i := slices.IndexFunc(s.Candidates, func(c CandidateRow) bool { return c.ID == r.Candidates[0].ID }); s.Candidates[i].Votes != r.Candidates[0].Votes {
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

// TestInstancesShowTheSame has one instance see every pass and another begin with
// the last: their documents are equal, through every filter, before the end and
// after it.
func TestInstancesShowTheSame(t *testing.T) {
	c := testConfig(t)
	texas := "TX"
	from := c.Election.Opens.Add(2 * time.Hour)
	r := &renderer{config: c, poll: time.Second}
	var old *view
	for _, progress := range []float64{0.1, 0.3, 0.31, 0.7, 1} {
		s := simulate(c.Election, 4000, progress)
		read := c.Election.Opens.Add(time.Hour)
		if progress == 1 {
			read = c.Election.Closes.Add(time.Hour)
			s = report(s, read)
		}
		var err error
		if old, err = r.render(s, read, old); err != nil {
			t.Fatal(err)
		}
		anew, err := r.render(s, read, nil)
		if err != nil {
			t.Fatal(err)
		}
		if exact := progress == 1; old.figures.Exact != exact {
			t.Errorf("at %v of the votes exact is %v", progress, old.figures.Exact)
		}
		for _, f := range []Filter{{}, {Region: &texas}, {From: &from}, {Region: &texas, To: &from}} {
			a, errA := old.filtered(f)
			b, errB := anew.filtered(f)
			if errA != nil || errB != nil || a.document.tag != b.document.tag {
				t.Errorf("at %v of the votes, two instances differ through %q (%v, %v)", progress, f.encode(), errA, errB)
			}
		}
	}
}

// TestEverythingShowsWithoutSmallCell checks that an election that hides nothing
// shows what the tables hold.
func TestEverythingShowsWithoutSmallCell(t *testing.T) {
	for _, smallCell := range []int{0, 1} {
		e := testElection(t)
		e.SmallCell = &smallCell
		s := simulate(e, 3000, 0.4)
		r := newResults(e, s, Topics{Votes: "votes", Voters: "voters"})
		want, got := map[string]int64{}, map[string]int64{}
		for _, row := range s.Candidates {
			want[row.ID] = row.Votes
		}
		for _, c := range r.Candidates {
			got[c.ID] = c.Votes
		}
		if diff := gocmp.Diff(want, got); diff != "" {
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
	s := small()
	s.Minutes = append(s.Minutes, MinuteRow{Minute: at("2026-11-03T23:00:00Z"), State: "TX", Candidate: "chen", Votes: 1})
	s.Hours = append(s.Hours, HourRow{Hour: at("2026-11-03T23:00:00Z"), State: "TX", Candidate: "chen", Votes: 1})
	r := newResults(testElection(t), s, Topics{Votes: "votes", Voters: "voters"})
	if len(r.Minutes) != 5 || r.Minutes[0].Votes != 10 {
		t.Errorf("minutes %+v, want the four of now and the one to come", r.Minutes)
	}
}

// TestRace checks that nobody leads whom what isn't shown can overtake.
func TestRace(t *testing.T) {
	for name, tc := range map[string]struct {
		shown tally
		lag   int64
		want  string
	}{
		"nothing":              {nil, 5, RaceNone},
		"more than is held":    {tally{{"a", 30}, {"b", 19}}, 10, "leads a"},
		"as much as is held":   {tally{{"a", 30}, {"b", 20}}, 10, RaceClose},
		"alone":                {tally{{"b", 11}}, 10, "leads b"},
		"alone, more held":     {tally{{"b", 11}}, 11, RaceClose},
		"level, all is shown":  {tally{{"a", 20}, {"b", 20}, {"c", 1}}, 0, RaceLevel},
		"level, a few held":    {tally{{"a", 20}, {"b", 20}}, 1, RaceClose},
		"by one, all is shown": {tally{{"a", 20}, {"b", 21}}, 0, "leads b"},
	} {
		first := figure{tc.shown, tc.lag}.first()
		got := first.race
		if got == RaceLeads {
			got = strings.Join([]string{got, first.candidate}, " ")
		}
		if got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// The oldest amendment that is read may lack some of its rows, one for each
// candidate. What is left of it would be wrong, and tell for whom.
func TestAmendmentsArePutTogetherWhole(t *testing.T) {
	minute := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	s := &Snapshot{}
	for i := range mostAmendments/3 + 1 { // of three rows each; of the last one there is one
		for j, candidate := range []string{"ana", "ben", "eve"} {
			if len(s.Amendments) < mostAmendments {
				s.Amendments = append(s.Amendments, AmendmentRow{
					Minute: minute, Candidate: candidate, After: int64(j + 1), Revision: 1, AmendedAt: minute.Add(-time.Duration(i) * time.Second),
				})
			}
		}
	}
	ed := &edition{election: &election.Election{}, snapshot: s}
	list := ed.amendments(Filter{})
	for _, a := range list {
		if a.Change != 6 {
			t.Errorf("%+v: want a change of 6", a)
		}
	}
	if len(list) != mostAmendments/3 {
		t.Errorf("%d amendments, want %d", len(list), mostAmendments/3)
	}
	s.Amendments = s.Amendments[:5] // all that there are
	if list = ed.amendments(Filter{}); len(list) != 2 {
		t.Errorf("%d amendments, want 2", len(list))
	}
}
