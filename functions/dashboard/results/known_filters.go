package results

import (
	"maps"
	"slices"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
)

// Known is what a filter may choose: the regions of the election and of the results,
// every age group that there may be and every gender that there is.
func (p *Publication) Known() filter.Known {
	return filter.Known{Regions: p.regionIDs(), Areas: p.areas, Groups: p.groupKeys()}
}

func (p *Publication) regionIDs() []string {
	ids := map[string]bool{}
	for _, g := range p.Election.Regions {
		ids[g.ID] = true
	}
	for _, row := range p.snapshot.Regions {
		ids[row.State] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

func (p *Publication) groupKeys() []string {
	ages, genders := map[string]bool{}, map[string]bool{}
	for _, row := range p.snapshot.Demographics {
		ages[row.AgeGroup], genders[row.Gender] = true, true
	}
	for _, age := range disclosure.AgeGroups {
		ages[age] = true
	}
	var keys []string
	for _, age := range slices.SortedFunc(maps.Keys(ages), disclosure.CompareAges) {
		keys = append(keys, filter.AgePrefix+age)
	}
	for _, gender := range slices.SortedFunc(maps.Keys(genders), disclosure.CompareGenders) {
		keys = append(keys, filter.GenderPrefix+gender)
	}
	return keys
}
