package refresh

import (
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/shared/countstate"
)

// TestInstancesShowTheSame has one instance see every pass and another begin with
// the last: their documents are equal, through every filter, before the end and
// after it.
func TestInstancesShowTheSame(t *testing.T) {
	texas := "TX"
	from := sample.Election(t).Opens.Add(2 * time.Hour)
	p := newTestCache(t, nil).publisher
	c := p.rules
	var old *View
	for _, progress := range []float64{0.1, 0.3, 0.31, 0.7, 1} {
		s := sample.Simulate(c.Election, 4000, progress)
		read := c.Election.Opens.Add(time.Hour)
		if progress == 1 {
			read = c.Election.Closes.Add(time.Hour)
			s = sample.Report(s, read)
		}
		var err error
		if old, err = p.view(s, read, old); err != nil {
			t.Fatal(err)
		}
		anew, err := p.view(s, read, nil)
		if err != nil {
			t.Fatal(err)
		}
		if exact := progress == 1; old.figures.Exact != exact {
			t.Errorf("at %v of the votes exact is %v", progress, old.figures.Exact)
		}
		for _, f := range []filter.Filter{{}, {Region: &texas}, {From: &from}, {Region: &texas, To: &from}} {
			a, errA := old.Filtered(f)
			b, errB := anew.Filtered(f)
			if errA != nil || errB != nil || a.Document.Tag != b.Document.Tag {
				t.Errorf("at %v of the votes, two instances differ through %q (%v, %v)", progress, f.Encode(), errA, errB)
			}
		}
	}
}

// The bridge's first reports are awaited from when the tables are first read.
func TestFirstReportsAreAwaited(t *testing.T) {
	p := newTestCache(t, nil).publisher
	begun := p.rules.Election.Opens.Add(time.Hour)
	s := sample.Simulate(p.rules.Election, 400, 0.1)
	s.Logs = nil
	for after, want := range map[time.Duration]countstate.Name{0: countstate.Counting, p.rules.DelayedAfter: countstate.Counting, p.rules.DelayedAfter + time.Second: countstate.Delayed} {
		p.watched = time.Time{}
		if _, err := p.view(s, begun, nil); err != nil {
			t.Fatal(err)
		}
		v, err := p.view(s, begun.Add(after), nil)
		if err != nil || v.figures.Status != want {
			t.Errorf("%v after the first reading the count is %s (%v), want %s", after, v.figures.Status, err, want)
		}
	}
}
