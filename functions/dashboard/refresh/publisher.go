package refresh

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// publisher makes views of snapshots.
type publisher struct {
	rules   results.Rules
	pages   page.Renderer
	watched time.Time // since when the tables are read; zero before
}

// view makes the view of a snapshot that was read at a time. Where the document
// would equal that of the view before, it is the view before: the versions that
// viewers know stay good.
func (p *publisher) view(s *snapshot.Snapshot, read time.Time, before *View) (*View, error) {
	if p.watched.IsZero() {
		p.watched = read
	}
	state := p.rules.StateSince(s, p.watched, read)
	if before != nil && before.Of(s, state) {
		return before, nil
	}
	return p.viewOf(p.rules.Publication(s, state), before)
}

// stale makes a view of the same figures that says since when they are old.
func (p *publisher) stale(v *View, since, now time.Time) (*View, error) {
	return p.viewOf(v.Stale(since, now), nil)
}

func (p *publisher) viewOf(what *results.Publication, before *View) (*View, error) {
	figures := what.Through(filter.Filter{})
	whole, err := results.Encode(figures)
	if err != nil {
		return nil, err
	}
	if before != nil && before.whole.Version == whole.Version {
		return before, nil
	}
	return newView(what, figures, whole, p.pages)
}
