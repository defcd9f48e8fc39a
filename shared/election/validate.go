package election

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/tallystream/tallystream/shared/election/canonical"
)

var (
	idPattern     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	colourPattern = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
)

// maxHours bounds the voting hours. Longer ones are a mistake in the file, and what a
// pass of the aggregation reads grows with them.
const maxHours = 366 * 24 * time.Hour

// Validate returns every problem of the election as one error, or nil.
func (e *Election) Validate() error {
	var errs []error
	problem := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }

	if !idPattern.MatchString(e.ID) {
		problem("id %q: use 1 to 64 letters, digits, dots, dashes or underscores", e.ID)
	}
	if e.Name == "" {
		problem("name is missing: give the election the name that readers see")
	}
	switch {
	case e.Opens.IsZero() != e.Closes.IsZero():
		problem("opens and closes go together: give both or neither")
	case !e.Closes.IsZero() && !e.Opens.Before(e.Closes):
		problem("closes (%s) must be after opens (%s)", e.Closes.Format(time.RFC3339), e.Opens.Format(time.RFC3339))
	case e.Closes.Sub(e.Opens) > maxHours:
		problem("closes is %v after opens: a year is the most", e.Closes.Sub(e.Opens))
	}
	if e.SmallCell != nil && *e.SmallCell < 0 {
		problem("small_cell is %d: give the least number of voters in a published group, or 0 to publish all", *e.SmallCell)
	}
	errs = append(errs, e.Portraits.validate()...)
	errs = append(errs, e.validateCandidates()...)
	errs = append(errs, e.validateRegions()...)
	errs = append(errs, e.validateAreas()...)
	errs = append(errs, e.validateSeats()...)
	errs = append(errs, e.validateReferendum()...)
	errs = append(errs, e.validateMap()...)
	errs = append(errs, e.validateLast()...)
	return errors.Join(errs...)
}

func (e *Election) validateCandidates() []error {
	names := newNames("candidate")
	for i, c := range e.Candidates {
		names.add(i, c.ID, c.Name, c.Aliases)
		if c.Colour != "" && !colourPattern.MatchString(c.Colour) {
			names.problem("candidates[%d] (%s): colour %q: write it as #RRGGBB", i, c.ID, c.Colour)
		}
	}
	return names.errs
}

func (e *Election) validateRegions() []error {
	names := newNames("region")
	tiles := map[[2]int]string{} // the region of each, by column and row
	for i, r := range e.Regions {
		names.add(i, r.ID, r.Name, r.Aliases)
		switch {
		case (r.Column == nil) != (r.Row == nil):
			names.problem("regions[%d] (%s): col and row go together: give both or neither", i, r.ID)
		case r.Column != nil && (*r.Column < 0 || *r.Row < 0 || *r.Column > 99 || *r.Row > 99):
			names.problem("regions[%d] (%s): col and row count tiles from 0 to 99", i, r.ID)
		case r.Column != nil:
			tile := [2]int{*r.Column, *r.Row}
			if other, taken := tiles[tile]; taken {
				names.problem("regions[%d] (%s): col %d and row %d are the place of region %s: give each a tile of its own", i, r.ID, tile[0], tile[1], other)
			}
			tiles[tile] = r.ID
		}
	}
	return names.errs
}

// names checks that a name leads to one candidate, or one region, only.
type names struct {
	kind string
	used map[string]spelling // by the folded name
	errs []error
}

// spelling is a name as the file has it, and the id that it belongs to.
type spelling struct{ text, id string }

func newNames(kind string) *names { return &names{kind: kind, used: map[string]spelling{}} }

func (n *names) problem(format string, args ...any) {
	n.errs = append(n.errs, fmt.Errorf(format, args...))
}

// add enters the names of the i-th candidate or region.
func (n *names) add(i int, id, name string, aliases []string) {
	if !idPattern.MatchString(id) {
		n.problem("%ss[%d]: id %q: use 1 to 64 letters, digits, dots, dashes or underscores", n.kind, i, id)
		return
	}
	if name == "" {
		n.problem("%ss[%d] (%s): name is missing", n.kind, i, id)
	}
	if other, twice := n.used[canonical.Fold(id)]; twice {
		n.problem("%ss[%d]: id %q is taken by %s %s: ids, names and aliases must differ", n.kind, i, id, n.kind, other.id)
		return
	}
	for _, s := range append([]string{id, name}, aliases...) {
		other, taken := n.used[canonical.Fold(s)]
		switch {
		case len(s) > MaxTextBytes:
			n.problem("%ss[%d] (%s): a name is longer than %d bytes", n.kind, i, id, MaxTextBytes)
		case s != "" && canonical.Fold(s) == "":
			n.problem("%ss[%d] (%s): %+q holds nothing that can be seen: write a name", n.kind, i, id, s)
		case taken && other.id != id:
			n.problem("%ss[%d] (%s): %s already means %s %s, which is written %s there; both are %q in the form that is compared: "+
				"ids, names and aliases must differ", n.kind, i, id, quote(s), n.kind, other.id, quote(other.text), canonical.Fold(s))
		case !taken:
			n.used[canonical.Fold(s)] = spelling{s, id}
		}
	}
}

// quote quotes a name. A name that isn't canonical is written in ASCII, so that the
// reader can tell two names apart that look alike.
func quote(s string) string {
	if canonical.Text(s) == s {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%+q", s)
}
