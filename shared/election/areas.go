package election

import (
	"fmt"

	"github.com/tallystream/tallystream/shared/election/canonical"
)

// validateAreas checks that areas and regions make a tree of two levels: every region has its
// area, and every area some regions. An address names either by id, so no two ids are the same.
func (e *Election) validateAreas() (errs []error) {
	names := newNames("area")
	regions := map[string]bool{}
	for _, r := range e.Regions {
		regions[canonical.Fold(r.ID)] = true
	}
	empty := map[string]bool{}
	for i, a := range e.Areas {
		names.add(i, a.ID, a.Name, nil)
		if regions[canonical.Fold(a.ID)] {
			names.problem("areas[%d]: id %q is that of a region: ids of areas and regions must differ", i, a.ID)
		}
		empty[a.ID] = true
	}
	errs = names.errs
	for i, r := range e.Regions {
		_, known := empty[r.Parent]
		switch {
		case r.Parent == "" && len(e.Areas) > 0:
			errs = append(errs, fmt.Errorf("regions[%d] (%s): parent is missing: where there are areas, give each region the id of its own", i, r.ID))
		case r.Parent != "" && !known:
			errs = append(errs, fmt.Errorf("regions[%d] (%s): parent %q isn't the id of an area: list it under areas", i, r.ID, r.Parent))
		default:
			empty[r.Parent] = false
		}
	}
	for i, a := range e.Areas {
		if empty[a.ID] {
			errs = append(errs, fmt.Errorf("areas[%d] (%s): no region has it as its parent: leave it out, or give it regions", i, a.ID))
		}
	}
	return errs
}
