package page

import (
	"math"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/election"
)

// Every seat has a place of its own within the drawing, one after the other.
func TestArcPoints(t *testing.T) {
	for n := 1; n <= 700; n++ {
		points, size := arcPoints(n)
		if len(points) != n {
			t.Fatalf("%d seats have %d places", n, len(points))
		}
		nearest := math.Inf(1)
		for i, p := range points {
			if p.X < size/2 || p.X > 1000-size/2 || p.Y < size/2 || p.Y > 524-size/2 {
				t.Fatalf("of %d seats, one is at %.0f, %.0f", n, p.X, p.Y)
			}
			for _, q := range points[:i] {
				nearest = min(nearest, math.Hypot(p.X-q.X, p.Y-q.Y))
			}
			if i > 0 && p.angle < points[i-1].angle {
				t.Fatalf("of %d seats, the places aren't in order", n)
			}
		}
		if nearest < size {
			t.Errorf("of %d seats of %.1f, two are %.1f apart", n, size, nearest)
		}
	}
}

func TestArc(t *testing.T) {
	card := func(id string) card { return card{Candidate: results.Candidate{ID: id, Colour: "#000000"}} }
	a := drawArc(100, []seatRow{{card: card("a"), Seats: 60}, {card: card("b"), Seats: 20}, {card: card("c"), Seats: 1}})
	var drawn []int
	for _, w := range a.Wedges {
		drawn = append(drawn, strings.Count(w.Dots, "M"))
	}
	if len(drawn) != 3 || drawn[0] != 60 || drawn[1] != 20 || drawn[2] != 1 || strings.Count(a.Rest, "M") != 19 {
		t.Errorf("%v and %q, want 60, 20, 1 and 19 seats", drawn, a.Rest)
	}
	if len(a.Labels) != 2 || a.Labels[0].Seats != 60 || a.Labels[1].ID != "b" {
		t.Errorf("labels %v, want those of a and b: c has too few seats for one", a.Labels)
	}
}

func TestPageTellsTheWayToAMajority(t *testing.T) {
	e := sample.Election(t)
	if page := renderSnapshot(t, e, sample.Small()); strings.Contains(page, `class="seats"`) {
		t.Error("an election without seats has a section for them")
	}
	e.Seats = &election.Seats{Method: election.Plurality}
	for i := range e.Regions {
		e.Regions[i].Seats = map[string]int{"TX": 3, "VT": 2, "WY": 1}[e.Regions[i].ID]
	}
	for name, tc := range map[string]struct {
		s     *snapshot.Snapshot
		seats int
		want  []string
	}{
		"short of a majority": {sample.Small(), 3, []string{
			`<p class="says" data-t="seats">Elena Rivera leads for 3 seats of 6; 1 more would make a majority of 4.</p>`,
			`<p>Without votes to show yet: 1 seat. </p></figcaption>`,
			`<td class="n strong" data-f="seats" data-n="3">3</td><td class="n of" data-f="part">50.0%</td>`,
			`All of a region are for whoever has the most votes there. This is what the votes counted so far would give; it changes with them.`,
			`<text class="unit" x="500" y="475">4 for a majority</text>`,
			`<td class="n" data-f="seats">3</td>`,
		}},
		"a majority": {sample.Small(), 30, []string{"Elena Rivera leads for 30 seats of 33: a majority, which takes 17."}},
		"level":      {sample.Small(), 2, []string{"David Chen and Elena Rivera lead for 2 seats each, of 5."}},
		"no votes":   {&snapshot.Snapshot{}, 3, []string{"Nobody can be said to lead for any of 6 yet; a majority takes 4.", `<p class="nothing">Nobody leads for any yet.</p>`}},
	} {
		for i := range e.Regions {
			if e.Regions[i].ID == "TX" {
				e.Regions[i].Seats = tc.seats
			}
		}
		page := renderSnapshot(t, e, tc.s)
		for _, want := range tc.want {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %s", name, want)
			}
		}
	}
}
