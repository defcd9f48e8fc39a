package disclosure

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/election"
)

// group is a row of analytics.demographic_analysis.
func group(state, age, gender string, registered, voted int64) snapshot.DemographicRow {
	return snapshot.DemographicRow{State: state, AgeGroup: age, Gender: gender, Registered: registered, Voted: voted}
}

func TestDemographics(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	f := func(v float64) *float64 { return &v }
	got := Groups([]snapshot.DemographicRow{
		group("VT", "65+", "female", 40, 10),
		group("VT", "18-24", "male", 20, 5),
		group("VT", "18-24", "female", 20, 20),
		group("TX", "18-24", "female", 100, 50),
		group("TX", "25-34", "female", 0, 0),
	}, 10)
	want := []Group{
		{AgeGroup: "18-24", Registered: n(140), Voted: n(75), Participation: f(75.0 / 140)},
		{AgeGroup: "65+", Registered: n(40), Voted: n(10), Participation: f(0.25)},
		{Gender: "female", Registered: n(160), Voted: n(80), Participation: f(0.5)},
		{Gender: "male", Registered: n(20), Voted: n(5), Participation: f(0.25)},
		{State: "TX", AgeGroup: "18-24", Gender: "female", Registered: n(100), Voted: n(50), Participation: f(0.5)},
		{State: "VT", AgeGroup: "18-24", Gender: "female", Registered: n(20), Voted: n(20), Participation: f(1)},
		{State: "VT", AgeGroup: "18-24", Gender: "male", Registered: n(20), Voted: n(5), Participation: f(0.25)},
		{State: "VT", AgeGroup: "65+", Gender: "female", Registered: n(40), Voted: n(10), Participation: f(0.25)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("demographics (-want +got):\n%s", diff)
	}
}

// TestSuppressedGroupsShowNothing checks the document, not the choice: a
// suppressed group has no figure, and a single small cell doesn't go alone.
func TestSuppressedGroupsShowNothing(t *testing.T) {
	rows := []snapshot.DemographicRow{
		group("VT", "18-24", "female", 3, 1), // the only small one
		group("VT", "18-24", "male", 30, 10),
		group("VT", "65+", "female", 40, 20),
		group("VT", "65+", "male", 50, 20),
		group("TX", "18-24", "female", 300, 100),
		group("TX", "18-24", "male", 300, 100),
		group("TX", "65+", "female", 400, 100),
		group("TX", "65+", "male", 500, 100),
	}
	suppressed := 0
	for _, g := range Groups(rows, 10) {
		if !g.Suppressed {
			continue
		}
		suppressed++
		if g.Registered != nil || g.Voted != nil || g.Participation != nil {
			t.Errorf("suppressed group %+v shows a figure", g)
		}
		if g.State != "VT" {
			t.Errorf("group %+v is suppressed, want groups of VT only", g)
		}
	}
	// The small cell, and three more that hide it in its region, age group and gender.
	if suppressed != 4 {
		t.Errorf("%d groups are suppressed, want 4", suppressed)
	}
}

// TestRegionTellsItsOnlyHiddenGroup has an age group of a region withheld beside
// figures that give it away: the region as a whole, and its other age groups.
func TestRegionTellsItsOnlyHiddenGroup(t *testing.T) {
	vt := "VT"
	shows := func(age, gender string, registered, voted int64) Group {
		return Group{State: vt, AgeGroup: age, Gender: gender, Registered: &registered, Voted: &voted}
	}
	hidden := func(age, gender string) Group {
		return Group{State: vt, AgeGroup: age, Gender: gender, Suppressed: true}
	}
	cells := []Group{hidden("18-24", "female"), hidden("18-24", "male"), shows("65+", "female", 40, 20), shows("65+", "male", 50, 30)}
	whole := snapshot.RegionRow{State: vt, Registered: 110, Voted: 57}
	got := map[string]string{}
	for _, g := range GroupsThrough(filter.Filter{Region: &vt}, cells, whole) {
		if g.State == "" {
			got[g.AgeGroup+g.Gender] = "withheld"
			if !g.Suppressed {
				got[g.AgeGroup+g.Gender] = fmt.Sprint(*g.Voted, " of ", *g.Registered)
			}
		}
	}
	want := map[string]string{"18-24": "7 of 20", "65+": "50 of 90", "female": "withheld", "male": "withheld"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups of the region (-want +got):\n%s", diff)
	}
}

// TestSuppressionProperties tries electorates of many shapes.
func TestSuppressionProperties(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			figures := randomFigures(rand.New(rand.NewPCG(seed, 7)))
			const smallCell = 10
			hidden := suppress(figures, smallCell)
			if diff := cmp.Diff(hidden, suppress(figures, smallCell)); diff != "" {
				t.Errorf("a second run chooses differently:\n%s", diff)
			}
			checkSmallHidden(t, figures, hidden, smallCell)
			checkSums(t, figures, hidden, smallCell)
			checkNotDerivable(t, figures, hidden, smallCell)
		})
	}
}

// randomFigures makes cells and their margins: several regions, of which some
// are tiny, and groups of which some are rare.
func randomFigures(rng *rand.Rand) []snapshot.DemographicRow {
	var cells []snapshot.DemographicRow
	for s := range 1 + rng.IntN(12) {
		size := []int{4, 30, 200, 2000}[rng.IntN(4)]
		for _, age := range election.AgeGroups()[:2+rng.IntN(6)] {
			for i, gender := range []string{"female", "male", "nonbinary", "unknown"} {
				if n := rng.IntN(size) / (1 + 4*(i/2)); n > 0 {
					cells = append(cells, group(fmt.Sprintf("S%02d", s), age, gender, int64(n), 0))
				}
			}
		}
	}
	ages := margin(cells, func(c snapshot.DemographicRow) snapshot.DemographicRow {
		return snapshot.DemographicRow{AgeGroup: c.AgeGroup}
	})
	genders := margin(cells, func(c snapshot.DemographicRow) snapshot.DemographicRow {
		return snapshot.DemographicRow{Gender: c.Gender}
	})
	return append(append(ages, genders...), cells...)
}

func checkSmallHidden(t *testing.T, figures []snapshot.DemographicRow, hidden []bool, smallCell int64) {
	t.Helper()
	for i, f := range figures {
		if f.Registered < smallCell && !hidden[i] {
			t.Errorf("%+v shows with fewer than %d", f, smallCell)
		}
	}
}

// checkSums checks what simple subtraction gives: a shown total less the groups
// that show is either nothing or at least smallCell, unless no group shows.
func checkSums(t *testing.T, figures []snapshot.DemographicRow, hidden []bool, smallCell int64) {
	t.Helper()
	rest, shown, unknown := map[string]int64{}, map[string]int{}, map[string]bool{}
	for i, f := range figures {
		totals := []string{"state " + f.State, "age " + f.AgeGroup, "gender " + f.Gender}
		switch {
		case f.State == "" && f.AgeGroup != "":
			unknown["age "+f.AgeGroup] = hidden[i]
			totals = []string{"all ages"}
		case f.State == "":
			unknown["gender "+f.Gender] = hidden[i]
			totals = []string{"all genders"}
		}
		for _, total := range totals {
			if hidden[i] {
				rest[total] += f.Registered
			} else {
				shown[total]++
			}
		}
	}
	for total, n := range rest {
		if n < smallCell && shown[total] > 0 && !unknown[total] {
			t.Errorf("the hidden groups of %s hold %d voters, want at least %d", total, n, smallCell)
		}
	}
}

// checkNotDerivable solves for the hidden figures in exact arithmetic, with
// equations written down anew: none of the small ones may have one solution
// only, except where the region as a whole is that one group, or where the
// page has nothing left to hide.
func checkNotDerivable(t *testing.T, figures []snapshot.DemographicRow, hidden []bool, smallCell int64) {
	t.Helper()
	equations := map[string][]*big.Rat{}
	at := func(name string) []*big.Rat {
		if equations[name] == nil {
			row := make([]*big.Rat, len(figures))
			for i := range row {
				row[i] = new(big.Rat)
			}
			equations[name] = row
		}
		return equations[name]
	}
	one, minus := big.NewRat(1, 1), big.NewRat(-1, 1)
	everything := true
	for i, f := range figures {
		if !hidden[i] {
			everything = false
			continue
		}
		switch {
		case f.State != "":
			at("state " + f.State)[i].Set(one)
			at("age " + f.AgeGroup)[i].Set(one)
			at("gender " + f.Gender)[i].Set(one)
		case f.AgeGroup != "":
			at("age " + f.AgeGroup)[i].Set(minus)
			at("ages")[i].Set(one)
		default:
			at("gender " + f.Gender)[i].Set(minus)
			at("genders")[i].Set(one)
		}
	}
	if everything {
		return
	}
	var rows [][]*big.Rat
	for _, row := range equations {
		rows = append(rows, row)
	}
	single := map[string]int{}
	for _, f := range figures {
		if f.State != "" {
			single[f.State]++
		}
	}
	for _, i := range determined(rows, len(figures)) {
		if f := figures[i]; f.Registered < smallCell && (f.State == "" || single[f.State] > 1) {
			t.Errorf("%+v can be worked out from what shows", f)
		}
	}
}

// determined returns the unknowns that a system of equations determines: those
// that are zero in every solution of the homogeneous system.
func determined(rows [][]*big.Rat, unknowns int) []int {
	var pivots []int
	done := 0
	for c := 0; c < unknowns && done < len(rows); c++ {
		p := done
		for p < len(rows) && rows[p][c].Sign() == 0 {
			p++
		}
		if p == len(rows) {
			continue
		}
		rows[done], rows[p] = rows[p], rows[done]
		inverse := new(big.Rat).Inv(rows[done][c])
		for k := range unknowns {
			rows[done][k].Mul(rows[done][k], inverse)
		}
		for r := range rows {
			if r == done || rows[r][c].Sign() == 0 {
				continue
			}
			factor := new(big.Rat).Set(rows[r][c])
			for k := range unknowns {
				if rows[done][k].Sign() != 0 {
					rows[r][k].Sub(rows[r][k], new(big.Rat).Mul(factor, rows[done][k]))
				}
			}
		}
		pivots = append(pivots, c)
		done++
	}
	var list []int
	for r, c := range pivots {
		free := false
		for k := range unknowns {
			free = free || k != c && rows[r][k].Sign() != 0
		}
		if !free {
			list = append(list, c)
		}
	}
	return list
}

func BenchmarkSuppress(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var cells []snapshot.DemographicRow
	for s := range 51 {
		for _, age := range election.AgeGroups()[1:] {
			for _, gender := range []string{"female", "male", "unknown"} {
				cells = append(cells, group(fmt.Sprintf("S%02d", s), age, gender, int64(1+rng.IntN(60)), 0))
			}
		}
	}
	ages := margin(cells, func(c snapshot.DemographicRow) snapshot.DemographicRow {
		return snapshot.DemographicRow{AgeGroup: c.AgeGroup}
	})
	genders := margin(cells, func(c snapshot.DemographicRow) snapshot.DemographicRow {
		return snapshot.DemographicRow{Gender: c.Gender}
	})
	figures := append(append(ages, genders...), cells...)
	for b.Loop() {
		suppress(figures, 10)
	}
}

// An electorate that takes long: regions are small, and some groups are rare.
func BenchmarkGroups(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	ages := election.AgeGroups()
	registered := map[snapshot.DemographicRow]int64{}
	for range 5000 {
		gender := []string{"female", "male"}[rng.IntN(2)]
		for _, rare := range []string{"nonbinary", "unknown"} {
			if rng.IntN(50) == 0 {
				gender = rare
			}
		}
		region := fmt.Sprintf("S%02d", min(rng.IntN(51), rng.IntN(51)))
		registered[group(region, ages[rng.IntN(len(ages))], gender, 0, 0)]++
	}
	var rows []snapshot.DemographicRow
	for row, n := range registered {
		row.Registered = n
		rows = append(rows, row)
	}
	for b.Loop() {
		Groups(rows, 10)
	}
}
