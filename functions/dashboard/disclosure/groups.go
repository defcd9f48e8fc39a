package disclosure

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
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

// Key tells the group from others of its document.
func (g Group) Key() string { return strings.Join([]string{g.State, g.AgeGroup, g.Gender}, "|") }

// AgeGroups is the order in which age groups are shown.
var AgeGroups = election.AgeGroups()

// Groups lists age groups, then genders, then the groups of each region.
// Groups without a registered voter are left out.
func Groups(rows []snapshot.DemographicRow, smallCell int64) []Group {
	cells := make([]snapshot.DemographicRow, 0, len(rows))
	for _, row := range rows {
		if row.Registered > 0 {
			cells = append(cells, row)
		}
	}
	slices.SortFunc(cells, func(a, b snapshot.DemographicRow) int {
		return cmp.Or(cmp.Compare(a.State, b.State), CompareAges(a.AgeGroup, b.AgeGroup), CompareGenders(a.Gender, b.Gender))
	})
	ages := margin(cells, func(c snapshot.DemographicRow) snapshot.DemographicRow {
		return snapshot.DemographicRow{AgeGroup: c.AgeGroup}
	})
	genders := margin(cells, func(c snapshot.DemographicRow) snapshot.DemographicRow {
		return snapshot.DemographicRow{Gender: c.Gender}
	})
	slices.SortFunc(ages, func(a, b snapshot.DemographicRow) int { return CompareAges(a.AgeGroup, b.AgeGroup) })
	slices.SortFunc(genders, func(a, b snapshot.DemographicRow) int { return CompareGenders(a.Gender, b.Gender) })

	figures := slices.Concat(ages, genders, cells)
	hidden := suppress(figures, smallCell)
	groups := make([]Group, 0, len(figures))
	for i, row := range figures {
		groups = append(groups, newGroup(row, hidden[i]))
	}
	return groups
}

func newGroup(row snapshot.DemographicRow, hidden bool) Group {
	g := Group{State: row.State, AgeGroup: row.AgeGroup, Gender: row.Gender, Suppressed: hidden}
	if !hidden {
		g.Registered, g.Voted, g.Participation = &row.Registered, &row.Voted, Ratio(row.Voted, row.Registered)
	}
	return g
}

// GroupsThrough chooses the groups of a filter among all of them. If the filter chooses a
// region or an area, age groups and genders are sums of its groups. A sum is hidden if one
// of its groups is, so that it says nothing that the groups don't. whole is all voters of
// the region or area. If only one sum is hidden, it follows from whole and the others: then
// it is shown.
func GroupsThrough(f filter.Filter, all []Group, whole snapshot.RegionRow) []Group {
	chosen := make([]Group, 0, len(all))
	if f.Region != nil {
		var cells []Group
		for _, g := range all {
			if g.State != "" && f.InRegion(g.State) {
				cells = append(cells, g)
			}
		}
		ages := marginOf(cells, whole, func(g Group) Group { return Group{AgeGroup: g.AgeGroup} })
		genders := marginOf(cells, whole, func(g Group) Group { return Group{Gender: g.Gender} })
		slices.SortFunc(ages, func(a, b Group) int { return CompareAges(a.AgeGroup, b.AgeGroup) })
		slices.SortFunc(genders, func(a, b Group) int { return CompareGenders(a.Gender, b.Gender) })
		all = slices.Concat(ages, genders, cells)
	}
	for _, g := range all {
		if f.InGroup(g.AgeGroup, g.Gender) {
			chosen = append(chosen, g)
		}
	}
	return chosen
}

// marginOf adds up the published groups of a region. Groups for which by returns the
// same are one sum; the sums are in the order of their first groups.
func marginOf(cells []Group, whole snapshot.RegionRow, by func(Group) Group) []Group {
	at := map[Group]int{}
	var rows []snapshot.DemographicRow
	var hidden []bool
	for _, c := range cells {
		key := by(c)
		i, ok := at[key]
		if !ok {
			i = len(rows)
			at[key] = i
			rows, hidden = append(rows, snapshot.DemographicRow{AgeGroup: key.AgeGroup, Gender: key.Gender}), append(hidden, false)
		}
		if c.Suppressed {
			hidden[i] = true
			continue
		}
		rows[i].Registered += *c.Registered
		rows[i].Voted += *c.Voted
	}
	reveal(rows, hidden, whole)
	var groups []Group
	for i, row := range rows {
		groups = append(groups, newGroup(row, hidden[i]))
	}
	return groups
}

// reveal shows a row that alone is hidden: any reader can work it out from the others
// and the whole.
func reveal(rows []snapshot.DemographicRow, hidden []bool, whole snapshot.RegionRow) {
	only := slices.Index(hidden, true)
	if only < 0 || slices.Contains(hidden[only+1:], true) {
		return
	}
	rows[only].Registered, rows[only].Voted = whole.Registered, whole.Voted
	for i, row := range rows {
		if i != only {
			rows[only].Registered -= row.Registered
			rows[only].Voted -= row.Voted
		}
	}
	hidden[only] = false
}

// margin adds up cells. Cells for which by returns the same are one sum.
func margin(cells []snapshot.DemographicRow, by func(snapshot.DemographicRow) snapshot.DemographicRow) []snapshot.DemographicRow {
	at := map[snapshot.DemographicRow]int{}
	var sums []snapshot.DemographicRow
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

// CompareAges orders the known age groups by age, others by name after them.
func CompareAges(a, b string) int {
	rank := func(s string) int {
		if i := slices.Index(AgeGroups, s); i >= 0 {
			return i
		}
		return len(AgeGroups)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// CompareGenders orders genders by name, with unknown last.
func CompareGenders(a, b string) int {
	last := func(s string) int {
		if s == "unknown" {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a, b))
}

// Ratio is part / whole, or nil where the whole is nothing.
func Ratio(part, whole int64) *float64 {
	if whole <= 0 {
		return nil
	}
	q := float64(part) / float64(whole)
	return &q
}
