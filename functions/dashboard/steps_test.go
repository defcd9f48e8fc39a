package dashboard

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStep(t *testing.T) {
	const k = 10
	for name, tc := range map[string]struct {
		shown, counted, want cells
	}{
		"too few":              {nil, cells{0: {"a": 9}}, cells{}},
		"enough":               {nil, cells{0: {"a": 7, "b": 3}}, cells{0: {"a": 7, "b": 3}}},
		"one more":             {cells{0: {"a": 10}}, cells{0: {"a": 11}}, cells{0: {"a": 10}}},
		"ten more":             {cells{0: {"a": 10}}, cells{0: {"a": 15, "b": 5}}, cells{0: {"a": 15, "b": 5}}},
		"few go with the next": {nil, cells{0: {"a": 4}, 60: {"b": 6}}, cells{60: {"a": 4, "b": 6}}},
		"the last few wait":    {nil, cells{0: {"a": 14}, 60: {"b": 6}}, cells{0: {"a": 14}}},
		"a late one goes on": {
			cells{0: {"a": 20}, 60: {"b": 20}},
			cells{0: {"a": 21}, 60: {"b": 29}},
			cells{0: {"a": 20}, 60: {"a": 1, "b": 29}},
		},
		"nine change their minds": {cells{0: {"a": 20}}, cells{0: {"a": 11, "b": 9}}, cells{0: {"a": 20}}},
		"ten change their minds":  {cells{0: {"a": 20}}, cells{0: {"a": 10, "b": 10}}, cells{0: {"a": 10, "b": 10}}},
		"all have gone":           {cells{0: {"a": 20}}, cells{}, cells{}},
		"few would be left":       {cells{0: {"a": 20}}, cells{0: {"a": 3}}, cells{0: {"a": 20}}},
	} {
		t.Run(name, func(t *testing.T) {
			a := account{shown: tc.shown.folded(0), taken: tc.shown.folded(0)}
			after := a.step(tc.counted, k)
			if diff := cmp.Diff(tc.want, after.shown); diff != "" {
				t.Errorf("step (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.shown.folded(0), a.shown); diff != "" {
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
	counted := cells{0: {"a": 20}, 3600: {"b": 20}}
	a := account{shown: cells{}, taken: cells{}}.step(counted, k)
	for late := int64(1); late <= 30; late++ {
		counted = cells{0: {"a": 20 + late}, 3600: {"b": 20 + late*11}}
		before := a
		a = a.step(counted, k)
		for at, t0 := range before.shown {
			for candidate, votes := range t0 {
				if a.shown[at][candidate] < votes {
					t.Fatalf("late vote %d takes %s at %d from %d to %d", late, candidate, at, votes, a.shown[at][candidate])
				}
			}
		}
	}
	sum := a.shown[0].votes() + a.shown[3600].votes()
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
			want := tally{}
			for _, row := range snapshot.Candidates {
				want.add(tally{row.ID: row.Votes}, 1)
			}
			if diff := cmp.Diff(want, ed.totals(Filter{})); diff != "" {
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
	// The newest is the last.
	s.Minutes = append(s.Minutes, MinuteRow{Minute: b.now.Truncate(time.Minute), State: "CA", Candidate: "rivera"})
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
		d := maps.Clone(a)
		d.add(b, -1)
		return d.size() > 0 && d.size() < k
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
			if before != nil && !maps.Equal(figures, before[i]) {
				moved++
			}
		}
		for i := range filters { // the whole and its parts
			if few(now[0], now[i]) {
				t.Fatalf("after %d ballots, %v without %s leaves few of %v", n+1, now[i], filters[i].encode(), now[0])
			}
		}
		for _, m := range ed.minutes(Filter{}, nil) {
			if few(m.By, nil) {
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
