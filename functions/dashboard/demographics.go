package dashboard

import (
	"cmp"
	"slices"

	"github.com/tallystream/tallystream/shared/election"
)

// Group is one group of voters: an age group or a gender over all regions, or
// one age group and gender of one region. Its figures are null where they are
// suppressed, so that they say nothing about single voters.
type Group struct {
	State         string   `json:"state,omitempty"`
	AgeGroup      string   `json:"age_group,omitempty"`
	Gender        string   `json:"gender,omitempty"`
	Registered    *int64   `json:"registered"`
	Voted         *int64   `json:"voted"`
	Participation *float64 `json:"participation"` // voted / registered, 0 to 1
	Suppressed    bool     `json:"suppressed,omitempty"`
}

// ageGroups is the order in which age groups are shown.
var ageGroups = election.AgeGroups()

// demographics lists age groups, then genders, then the groups of each region.
// Groups without a registered voter are left out.
func demographics(rows []DemographicRow, smallCell int64) []Group {
	cells := make([]DemographicRow, 0, len(rows))
	for _, row := range rows {
		if row.Registered > 0 {
			cells = append(cells, row)
		}
	}
	slices.SortFunc(cells, func(a, b DemographicRow) int {
		return cmp.Or(cmp.Compare(a.State, b.State), compareAges(a.AgeGroup, b.AgeGroup), compareGenders(a.Gender, b.Gender))
	})
	ages := margin(cells, func(c DemographicRow) DemographicRow { return DemographicRow{AgeGroup: c.AgeGroup} })
	genders := margin(cells, func(c DemographicRow) DemographicRow { return DemographicRow{Gender: c.Gender} })
	slices.SortFunc(ages, func(a, b DemographicRow) int { return compareAges(a.AgeGroup, b.AgeGroup) })
	slices.SortFunc(genders, func(a, b DemographicRow) int { return compareGenders(a.Gender, b.Gender) })

	figures := slices.Concat(ages, genders, cells)
	hidden := suppress(figures, smallCell)
	groups := make([]Group, 0, len(figures))
	for i, f := range figures {
		g := Group{State: f.State, AgeGroup: f.AgeGroup, Gender: f.Gender, Suppressed: hidden[i]}
		if !g.Suppressed {
			g.Registered, g.Voted, g.Participation = &f.Registered, &f.Voted, ratio(f.Voted, f.Registered)
		}
		groups = append(groups, g)
	}
	return groups
}

// margin sums the cells by the key that by gives them.
func margin(cells []DemographicRow, by func(DemographicRow) DemographicRow) []DemographicRow {
	at := map[DemographicRow]int{}
	var sums []DemographicRow
	for _, c := range cells {
		key := by(c)
		i, ok := at[key]
		if !ok {
			i = len(sums)
			at[key] = i
			sums = append(sums, key)
		}
		sums[i].Registered += c.Registered
		sums[i].Voted += c.Voted
	}
	return sums
}

// compareAges orders the known age groups by age, others by name after them.
func compareAges(a, b string) int {
	rank := func(s string) int {
		if i := slices.Index(ageGroups, s); i >= 0 {
			return i
		}
		return len(ageGroups)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// compareGenders orders genders by name, with unknown last.
func compareGenders(a, b string) int {
	last := func(s string) int {
		if s == "unknown" {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a, b))
}
