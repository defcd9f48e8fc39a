package disclosure

import (
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// ballots are counted one at a time. Some come late; where moving is set, some go
// or change from one candidate to another.
type ballots struct {
	rng    *rand.Rand
	moving bool
	pace   int // seconds from one to the next, at most
	now    time.Time
	all    []snapshot.MinuteRow
	votes  map[snapshot.MinuteRow]int64
}

func newBallots(seed uint64, moving bool, opens time.Time) *ballots {
	return &ballots{rng: rand.New(rand.NewPCG(seed, 7)), moving: moving, pace: 40, now: opens, votes: map[snapshot.MinuteRow]int64{}}
}

func (b *ballots) count() {
	region := []string{"CA", "CA", "CA", "CA", "NY", "NY", "NY", "VT", "VT", "WY"}[b.rng.IntN(10)]
	candidate := []string{"rivera", "chen", "okafor"}[b.rng.IntN(3)]
	b.now = b.now.Add(time.Duration(b.rng.IntN(b.pace)) * time.Second)
	at := b.now
	if b.rng.IntN(8) == 0 {
		at = at.Add(-time.Duration(b.rng.IntN(5*3600)) * time.Second)
	}
	row := snapshot.MinuteRow{Minute: at.Truncate(time.Minute), State: region, Candidate: candidate}
	b.votes[row]++
	b.all = append(b.all, row)
	if b.moving && b.rng.IntN(15) == 0 { // an earlier one goes, perhaps to come back elsewhere
		if gone := b.all[b.rng.IntN(len(b.all))]; b.votes[gone] > 0 {
			b.votes[gone]--
		}
	}
}

// snapshot is what a pass makes of the ballots after the snapshot before.
func (b *ballots) snapshot(before *snapshot.Snapshot, k int64) *snapshot.Snapshot {
	s := &snapshot.Snapshot{}
	hours, regions := map[snapshot.HourRow]int64{}, map[string]int64{}
	for m, votes := range b.votes {
		if votes == 0 {
			continue
		}
		regions[m.State] += votes
		hours[snapshot.HourRow{Hour: m.Minute.Truncate(time.Hour), State: m.State, Candidate: m.Candidate}] += votes
		if m.Votes = votes; !m.Minute.Before(snapshot.MinutesFrom(b.now)) {
			s.Minutes = append(s.Minutes, m)
		}
	}
	for h, votes := range hours {
		h.Votes = votes
		s.Hours = append(s.Hours, h)
	}
	for _, region := range slices.Sorted(maps.Keys(regions)) {
		s.Regions = append(s.Regions, snapshot.RegionRow{State: region, Voted: regions[region]})
	}
	slices.SortFunc(s.Hours, snapshot.CompareHours)
	slices.SortFunc(s.Minutes, func(a, b snapshot.MinuteRow) int { return a.Minute.Compare(b.Minute) })
	s.Shown = sample.Stepped(before.Shown, s.Hours, k)
	return s
}

// views are all filters that somebody can look through.
func views(opens time.Time, hours int) (list []filter.Filter) {
	places := []filter.Filter{{}}
	for _, id := range []string{"CA", "NY", "VT", "WY"} {
		places = append(places, filter.Filter{Region: &id})
	}
	area := &filter.Area{ID: "coast", Regions: map[string]bool{"CA": true, "NY": true}}
	places = append(places, filter.Filter{Region: &area.ID, Area: area})
	for _, place := range places {
		list = append(list, place)
		with := func(from, to *time.Time) filter.Filter {
			f := place
			f.From, f.To = from, to
			return f
		}
		for from := range hours {
			begin := opens.Add(time.Duration(from) * time.Hour)
			list = append(list, with(&begin, nil), with(nil, &begin))
			for to := from + 1; to <= hours; to++ {
				end := opens.Add(time.Duration(to) * time.Hour)
				list = append(list, with(&begin, &end))
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
	e := sample.Election(t)
	all := views(e.Opens, 6)
	few := func(a, b Tally) bool {
		size := a.Plus(b, -1).size()
		return size > 0 && size < k
	}
	for _, moving := range []bool{false, true} {
		b, s := newBallots(7, moving, e.Opens), &snapshot.Snapshot{}
		var documents [][]Tally
		moved := 0
		for range passes {
			for range 10 + b.rng.IntN(40) {
				b.count()
			}
			s = b.snapshot(s, k)
			var now []Tally
			shown := Publish(s, k, false)
			for _, f := range all {
				figures := shown.Through(f).Tally
				now = append(now, figures)
				if few(figures, nil) {
					t.Fatalf("pass %d shows %v through %s", len(documents), figures, f.Encode())
				}
				if few(now[0], figures) {
					t.Fatalf("pass %d: %v less %v of %s leaves few", len(documents), now[0], figures, f.Encode())
				}
			}
			for at, before := range documents {
				for i, f := range all {
					if (!moving || at == len(documents)-1) && few(now[i], before[i]) {
						t.Fatalf("passes %d and %d differ by few through %s: %v and %v", at, len(documents), f.Encode(), before[i], now[i])
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
		exact := Publish(s, k, true)
		for region, counted := range exact.regions { // the last step
			for at, document := range documents {
				i := slices.IndexFunc(all, func(f filter.Filter) bool { return f.Region != nil && *f.Region == region && !f.Timed() })
				if !moving && few(counted.Tally, document[i]) {
					t.Fatalf("the end of %s, %v, differs by few from pass %d, %v", region, counted.Tally, at, document[i])
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
	e := sample.Election(t)
	withheld, published := 0, 0
	for seed := range uint64(60) {
		b, s := newBallots(seed, seed%3 == 2, e.Opens), &snapshot.Snapshot{}
		b.pace = 1 + 40/(1+int(seed%9))
		for range 1 + seed%20 {
			for range 1 + b.rng.IntN(2400/b.pace) {
				b.count()
			}
			s = b.snapshot(s, k)
		}
		a := newAttack(s)
		shown := Publish(s, k, true)
		for region := range shown.regions {
			a.learn(func(x unknown) bool { return x.region == region })
		}
		for c, figure := range shown.cells {
			if figure.Lag == 0 {
				a.learn(func(x unknown) bool { return x.cell == c })
				published++
			} else {
				withheld++
			}
		}
		for hour, figure := range shown.hours {
			if figure.Lag == 0 {
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

func newAttack(s *snapshot.Snapshot) *attack {
	a := &attack{single: map[string]int{}}
	counted, shown := cellsOf(s.Hours), cellsOf(s.Shown)
	for c := range counted {
		if n := counted[c].Plus(shown[c], -1).size(); n > 0 {
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
func checkPools(t *testing.T, s *snapshot.Snapshot, shown *Votes, k int64) {
	t.Helper()
	counted, before := cellsOf(s.Hours), cellsOf(s.Shown)
	regions, parts, hours := map[string]int64{}, map[string]int{}, map[int64]int64{}
	for c, figure := range shown.cells {
		if rest := counted[c].Plus(before[c], -1).size(); figure.Lag > 0 {
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
		if n > 0 && n < k && shown.hours[hour].Lag == 0 {
			t.Errorf("what is withheld of hour %d is %d ballots, want at least %d", hour, n, k)
		}
	}
}

// TestRace checks that nobody leads whom what isn't shown can overtake.
func TestRace(t *testing.T) {
	for name, tc := range map[string]struct {
		shown Tally
		lag   int64
		want  string
	}{
		"nothing":              {nil, 5, RaceNone},
		"more than is held":    {Tally{{"a", 30}, {"b", 19}}, 10, "leads a"},
		"as much as is held":   {Tally{{"a", 30}, {"b", 20}}, 10, RaceClose},
		"alone":                {Tally{{"b", 11}}, 10, "leads b"},
		"alone, more held":     {Tally{{"b", 11}}, 11, RaceClose},
		"level, all is shown":  {Tally{{"a", 20}, {"b", 20}, {"c", 1}}, 0, RaceLevel},
		"level, a few held":    {Tally{{"a", 20}, {"b", 20}}, 1, RaceClose},
		"by one, all is shown": {Tally{{"a", 20}, {"b", 21}}, 0, "leads b"},
	} {
		first := Figure{tc.shown, tc.lag}.First()
		got := first.Race
		if got == RaceLeads {
			got = strings.Join([]string{got, first.Candidate}, " ")
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
	s := &snapshot.Snapshot{}
	for i := range mostAmendments/3 + 1 { // of three rows each; of the last one there is one
		for j, candidate := range []string{"ana", "ben", "eve"} {
			if len(s.Amendments) < mostAmendments {
				s.Amendments = append(s.Amendments, snapshot.AmendmentRow{
					Minute: minute, Candidate: candidate, After: int64(j + 1), Revision: 1, AmendedAt: minute.Add(-time.Duration(i) * time.Second),
				})
			}
		}
	}
	const smallCell = 10
	list := Amendments(s.Amendments, filter.Filter{}, smallCell)
	for _, a := range list {
		if a.Change != 6 {
			t.Errorf("%+v: want a change of 6", a)
		}
	}
	if len(list) != mostAmendments/3 {
		t.Errorf("%d amendments, want %d", len(list), mostAmendments/3)
	}
	s.Amendments = s.Amendments[:5] // all that there are
	if list = Amendments(s.Amendments, filter.Filter{}, smallCell); len(list) != 2 {
		t.Errorf("%d amendments, want 2", len(list))
	}
}
