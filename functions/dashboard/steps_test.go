package dashboard

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// votes are the tallies of cells as a reader can write them down.
type votes map[int64]map[string]int64

func (v votes) cells() cells {
	var c cells
	for _, at := range slices.Sorted(maps.Keys(v)) {
		for _, candidate := range slices.Sorted(maps.Keys(v[at])) {
			c.count(at, candidate, v[at][candidate])
		}
	}
	return c
}

func (c cells) votes() votes {
	v := votes{}
	for _, one := range c {
		v[one.at] = one.byID()
	}
	return v
}

func TestStep(t *testing.T) {
	const k = 10
	for name, tc := range map[string]struct {
		shown, counted, want votes
	}{
		"too few":              {nil, votes{0: {"a": 9}}, votes{}},
		"enough":               {nil, votes{0: {"a": 7, "b": 3}}, votes{0: {"a": 7, "b": 3}}},
		"one more":             {votes{0: {"a": 10}}, votes{0: {"a": 11}}, votes{0: {"a": 10}}},
		"ten more":             {votes{0: {"a": 10}}, votes{0: {"a": 15, "b": 5}}, votes{0: {"a": 15, "b": 5}}},
		"few go with the next": {nil, votes{0: {"a": 4}, 60: {"b": 6}}, votes{60: {"a": 4, "b": 6}}},
		"the last few wait":    {nil, votes{0: {"a": 14}, 60: {"b": 6}}, votes{0: {"a": 14}}},
		"a late one goes on": {
			votes{0: {"a": 20}, 60: {"b": 20}},
			votes{0: {"a": 21}, 60: {"b": 29}},
			votes{0: {"a": 20}, 60: {"a": 1, "b": 29}},
		},
		"nine change their minds": {votes{0: {"a": 20}}, votes{0: {"a": 11, "b": 9}}, votes{0: {"a": 20}}},
		"ten change their minds":  {votes{0: {"a": 20}}, votes{0: {"a": 10, "b": 10}}, votes{0: {"a": 10, "b": 10}}},
		"all have gone":           {votes{0: {"a": 20}}, votes{}, votes{}},
		"few would be left":       {votes{0: {"a": 20}}, votes{0: {"a": 3}}, votes{0: {"a": 20}}},
	} {
		t.Run(name, func(t *testing.T) {
			a := account{shown: tc.shown.cells(), taken: tc.shown.cells()}
			after := a.step(tc.counted.cells(), k)
			if diff := gocmp.Diff(tc.want, after.shown.votes()); diff != "" {
				t.Errorf("step (-want +got):\n%s", diff)
			}
			if diff := gocmp.Diff(tc.shown.cells().votes(), a.shown.votes()); diff != "" {
				t.Errorf("what was shown before has changed (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNothingMovesBack has votes that come late, one by one, until they are
// enough for a step of their own hour: those that were shown with a later one
// stay there, because their way back would show how many of them are whose.
func TestNothingMovesBack(t *testing.T) {
	const k = 10
	a := account{}.step(votes{0: {"a": 20}, 3600: {"b": 20}}.cells(), k)
	for late := int64(1); late <= 30; late++ {
		before := a.shown.votes()
		a = a.step(votes{0: {"a": 20 + late}, 3600: {"b": 20 + late*11}}.cells(), k)
		for at, was := range before {
			for candidate, votes := range was {
				if got := a.shown.votes()[at][candidate]; got < votes {
					t.Fatalf("late vote %d takes %s at %d from %d to %d", late, candidate, at, votes, got)
				}
			}
		}
	}
	var sum int64
	for _, c := range a.shown {
		sum += c.tally.votes()
	}
	if want := int64(20 + 30 + 20 + 330); sum != want {
		t.Errorf("%d votes are shown, want %d", sum, want)
	}
}

// TestEverythingShowsWithoutSmallCell checks that an election that hides nothing
// shows what the tables hold.
func TestEverythingShowsWithoutSmallCell(t *testing.T) {
	for _, smallCell := range []int{0, 1} {
		e := testElection(t)
		e.SmallCell = &smallCell
		var s shown
		for progress := 0.1; progress < 1; progress += 0.2 {
			snapshot := simulate(e, 3000, progress)
			s = s.next(snapshot, e.SmallestGroup())
			ed := &edition{election: e, snapshot: snapshot, shown: s}
			want := map[string]int64{}
			for _, row := range snapshot.Candidates {
				want[row.ID] = row.Votes
			}
			if diff := gocmp.Diff(want, ed.totals(Filter{}).byID()); diff != "" {
				t.Errorf("small_cell %d (-want +got):\n%s", smallCell, diff)
			}
		}
	}
}

// ballots counts ballots one at a time, of which some come late, go, or change
// from one candidate or region to another.
type ballots struct {
	rng   *rand.Rand
	now   time.Time
	votes map[MinuteRow]int64
}

func (b *ballots) count(e *[]MinuteRow) {
	region := []string{"CA", "CA", "CA", "NY", "NY", "VT"}[b.rng.IntN(6)]
	candidate := []string{"rivera", "chen", "okafor"}[b.rng.IntN(3)]
	b.now = b.now.Add(time.Duration(b.rng.IntN(40)) * time.Second)
	at := b.now
	if b.rng.IntN(8) == 0 {
		at = at.Add(-time.Duration(b.rng.IntN(5*3600)) * time.Second)
	}
	row := MinuteRow{Minute: at.Truncate(time.Minute), State: region, Candidate: candidate}
	b.votes[row]++
	*e = append(*e, row)
	if b.rng.IntN(20) == 0 { // an earlier one goes, perhaps to come back elsewhere
		gone := (*e)[b.rng.IntN(len(*e))]
		if b.votes[gone] > 0 {
			b.votes[gone]--
		}
	}
}

func (b *ballots) snapshot() *Snapshot {
	s := &Snapshot{}
	hours := map[HourRow]int64{}
	for m, votes := range b.votes {
		hours[HourRow{Hour: m.Minute.Truncate(time.Hour), State: m.State, Candidate: m.Candidate}] += votes
		if m.Votes = votes; !m.Minute.Before(minutesFrom(b.now)) {
			s.Minutes = append(s.Minutes, m)
		}
	}
	for h, votes := range hours {
		h.Votes = votes
		s.Hours = append(s.Hours, h)
	}
	s.Minutes = append(s.Minutes, MinuteRow{Minute: b.now.Truncate(time.Minute), State: "CA"}) // the newest
	slices.SortFunc(s.Hours, func(a, b HourRow) int {
		return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Candidate, b.Candidate))
	})
	slices.SortFunc(s.Minutes, func(a, b MinuteRow) int {
		return cmp.Or(a.Minute.Compare(b.Minute), cmp.Compare(a.Candidate, b.Candidate))
	})
	return s
}

// TestNoTwoFiguresDifferByFewBallots counts ballot by ballot, and compares
// whatever two figures somebody can get: of two refreshes, and of two filters.
func TestNoTwoFiguresDifferByFewBallots(t *testing.T) {
	const k = 10
	e := testElection(t)
	opens := e.Opens
	filters := []Filter{{}}
	for _, region := range []string{"CA", "NY", "VT"} {
		filters = append(filters, Filter{Region: &region})
		for h := range 8 {
			from, to := opens.Add(time.Duration(h)*time.Hour), opens.Add(time.Duration(h+1)*time.Hour)
			filters = append(filters, Filter{Region: &region, From: &from}, Filter{Region: &region, From: &from, To: &to}, Filter{From: &from, To: &to})
		}
	}
	few := func(a, b tally) bool {
		size := a.plus(b, -1).size()
		return size > 0 && size < k
	}
	b := &ballots{rng: rand.New(rand.NewPCG(7, 7)), now: opens, votes: map[MinuteRow]int64{}}
	var all []MinuteRow
	var s shown
	var before []tally
	moved := 0
	for n := range 600 {
		b.count(&all)
		snapshot := b.snapshot()
		s = s.next(snapshot, k)
		ed := &edition{election: e, snapshot: snapshot, shown: s}
		var now []tally
		for i, f := range filters {
			figures := ed.totals(f)
			now = append(now, figures)
			if few(figures, nil) {
				t.Fatalf("after %d ballots, %s shows %v", n+1, f.encode(), figures)
			}
			if before != nil && few(figures, before[i]) {
				t.Fatalf("ballot %d takes %s from %v to %v", n+1, f.encode(), before[i], figures)
			}
			if before != nil && !slices.Equal(figures, before[i]) {
				moved++
			}
		}
		for i := range filters { // the whole and its parts
			if few(now[0], now[i]) {
				t.Fatalf("after %d ballots, %v without %s leaves few of %v", n+1, now[i], filters[i].encode(), now[0])
			}
		}
		for _, m := range ed.minutes(Filter{}, nil) {
			var sum int64
			for _, votes := range m.By {
				sum += votes
			}
			if sum > 0 && sum < k {
				t.Fatalf("after %d ballots, minute %v shows %v", n+1, m.Minute, m.By)
			}
		}
		var counted, shown int64
		for _, row := range snapshot.Hours {
			counted += row.Votes
		}
		shown = now[0].votes()
		// Less than a step a region; ballots that have gone hold up more.
		if held := counted - shown; max(held, -held) > 3*2*k {
			t.Fatalf("after %d ballots, %d are shown of %d", n+1, shown, counted)
		}
		before = now
	}
	if moved < 200 {
		t.Errorf("figures moved %d times over 600 ballots: too seldom to be of use", moved)
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
