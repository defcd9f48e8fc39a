package disclosure

import (
	"cmp"
	"slices"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// suppress says which figures to hide so that no group of fewer than smallCell
// registered voters shows, neither by itself nor as what is left of a sum.
//
// The page publishes the figures of age groups, of genders, of the cells (age
// group and gender of one region), of each region and of all together. They
// are tied by sums: the cells of a region make the region, the cells of an age
// group or gender make that group, the groups make the whole. So hiding the
// small figures isn't enough. Two rules hold for what is hidden in the end:
//
//   - The hidden parts of a published sum hold at least smallCell voters
//     together.
//   - No small figure follows from the published ones by any addition and
//     subtraction. In terms of linear algebra: its unit vector isn't in the
//     row space of the sums over the hidden figures.
//
// As long as a rule is broken, another small part of a sum concerned is hidden
// too. The figures of a region as a whole are always published; a region
// with a single group therefore shows it, which the caller can't prevent.
//
// The choice depends on registrations only, not on who voted, so that a figure
// doesn't come and go while votes are counted.
func suppress(figures []snapshot.DemographicRow, smallCell int64) []bool {
	d := newSuppression(figures, smallCell)
	for i := range figures {
		if d.small(i) {
			d.hide(i)
		}
	}
	for {
		again := false
		for _, s := range d.sums {
			if d.tooFew(s) {
				again = d.hideNext(s) || again
			}
		}
		if !again && !d.protectNext() {
			return d.hidden
		}
	}
}

// suppression is the state of one call of suppress.
type suppression struct {
	figures   []snapshot.DemographicRow
	smallCell int64
	hidden    []bool
	sums      []sum
	terms     [][]term   // where a figure stands in the sums
	equations *equations // the sums, over the hidden figures
}

// sum says that the parts, which are indexes of figures, add up to the whole.
type sum struct {
	parts []int
	whole int // index of a figure, or published
}

// published stands for a whole that is on the page in any case.
const published = -1

func newSuppression(figures []snapshot.DemographicRow, smallCell int64) *suppression {
	d := &suppression{
		figures:   figures,
		smallCell: smallCell,
		hidden:    make([]bool, len(figures)),
		terms:     make([][]term, len(figures)),
	}
	at := map[snapshot.DemographicRow]int{}
	part := func(key snapshot.DemographicRow, i, whole int) {
		n, ok := at[key]
		if !ok {
			n = len(d.sums)
			at[key] = n
			d.sums = append(d.sums, sum{whole: whole})
			if whole != published {
				d.terms[whole] = append(d.terms[whole], term{n, -1})
			}
		}
		d.sums[n].parts = append(d.sums[n].parts, i)
		d.terms[i] = append(d.terms[i], term{n, 1})
	}
	wholes := map[snapshot.DemographicRow]int{}
	for i, f := range figures {
		age, gender := snapshot.DemographicRow{AgeGroup: f.AgeGroup}, snapshot.DemographicRow{Gender: f.Gender}
		switch {
		case f.State != "":
			part(snapshot.DemographicRow{State: f.State}, i, published)
			part(age, i, wholes[age])
			part(gender, i, wholes[gender])
		case f.AgeGroup != "":
			wholes[age] = i
			part(snapshot.DemographicRow{AgeGroup: "all"}, i, published)
		default:
			wholes[gender] = i
			part(snapshot.DemographicRow{Gender: "all"}, i, published)
		}
	}
	d.equations = newEquations(len(d.sums))
	return d
}

// hide hides a figure.
func (d *suppression) hide(i int) {
	d.hidden[i] = true
	d.equations.add(i, d.terms[i])
}

// small says whether the figure must not show.
func (d *suppression) small(i int) bool { return d.figures[i].Registered < d.smallCell }

// tooFew says whether the sum has hidden parts that are small even together.
func (d *suppression) tooFew(s sum) bool {
	if s.whole != published && d.hidden[s.whole] {
		return false // nobody knows what they add up to
	}
	var parts, registered int64
	for _, i := range s.parts {
		if d.hidden[i] {
			parts++
			registered += d.figures[i].Registered
		}
	}
	return parts > 0 && registered < d.smallCell
}

// hideNext hides the smallest part of the sum that still shows, if there is one.
func (d *suppression) hideNext(s sum) bool {
	next := -1
	for _, i := range s.parts {
		if !d.hidden[i] && (next < 0 || d.figures[i].Registered < d.figures[next].Registered) {
			next = i
		}
	}
	if next < 0 {
		return false
	}
	d.hide(next)
	return true
}

// protectNext protects the first small figure that follows from the published ones, and
// for which something can be done.
func (d *suppression) protectNext() bool {
	for _, i := range d.equations.determined() {
		if d.small(i) && d.protect(i) {
			return true
		}
	}
	return false
}

// protect hides one more part of the sums that tell the figure: the smallest
// that keeps it from being told, or just the smallest where it takes several.
func (d *suppression) protect(figure int) bool {
	var shown []int
	for _, t := range d.terms[figure] {
		for _, i := range d.sums[t.equation].parts {
			if !d.hidden[i] {
				shown = append(shown, i)
			}
		}
	}
	if len(shown) == 0 {
		return false
	}
	slices.SortFunc(shown, func(a, b int) int {
		return cmp.Or(cmp.Compare(d.figures[a].Registered, d.figures[b].Registered), cmp.Compare(a, b))
	})
	next := slices.IndexFunc(shown, func(i int) bool { return !d.equations.determinedBeside(figure, d.terms[i]) })
	d.hide(shown[max(next, 0)])
	return true
}
