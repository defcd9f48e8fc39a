package disclosure

import (
	"cmp"
	"math"
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
	for {
		again := false
		for _, s := range d.sums {
			if d.tooFew(s) {
				again = d.hideNext(s) || again
			}
		}
		for i, derivable := range d.derivable() {
			if !again && derivable && d.small(i) {
				again = d.protect(i)
			}
		}
		if !again {
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
	of        [][]int // the sums that a figure is in
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
		of:        make([][]int, len(figures)),
	}
	at := map[snapshot.DemographicRow]int{}
	part := func(key snapshot.DemographicRow, i, whole int) {
		n, ok := at[key]
		if !ok {
			n = len(d.sums)
			at[key] = n
			d.sums = append(d.sums, sum{whole: whole})
		}
		d.sums[n].parts = append(d.sums[n].parts, i)
		d.of[i] = append(d.of[i], n)
	}
	wholes := map[snapshot.DemographicRow]int{}
	for i, f := range figures {
		d.hidden[i] = d.small(i)
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
	return d
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
	d.hidden[next] = true
	return true
}

// protect hides one more part of the sums that tell the figure: the smallest
// that keeps it from being told, or just the smallest where it takes several.
func (d *suppression) protect(figure int) bool {
	var shown []int
	for n, s := range d.sums {
		if s.whole != figure && !slices.Contains(d.of[figure], n) {
			continue
		}
		for _, i := range s.parts {
			if !d.hidden[i] {
				shown = append(shown, i)
			}
		}
	}
	slices.SortFunc(shown, func(a, b int) int {
		return cmp.Or(cmp.Compare(d.figures[a].Registered, d.figures[b].Registered), cmp.Compare(a, b))
	})
	for _, i := range shown {
		d.hidden[i] = true
		if !d.derivable()[figure] {
			return true
		}
		d.hidden[i] = false
	}
	if len(shown) == 0 {
		return false
	}
	d.hidden[shown[0]] = true
	return true
}

// derivable says which hidden figures follow from the published ones. Each sum
// is an equation over the hidden figures; after Gauss-Jordan elimination a
// figure is determined exactly if it stands alone in a row.
func (d *suppression) derivable() []bool {
	column := make([]int, len(d.figures))
	var figures []int
	for i, h := range d.hidden {
		if h {
			column[i] = len(figures)
			figures = append(figures, i)
		}
	}
	var rows [][]float64
	for _, s := range d.sums {
		row, any := make([]float64, len(figures)), false
		for _, i := range s.parts {
			if d.hidden[i] {
				row[column[i]], any = 1, true
			}
		}
		if s.whole != published && d.hidden[s.whole] {
			row[column[s.whole]], any = -1, true
		}
		if any {
			rows = append(rows, row)
		}
	}
	eliminate(rows)
	found := make([]bool, len(d.figures))
	for _, row := range rows {
		if c, ok := alone(row); ok {
			found[figures[c]] = true
		}
	}
	return found
}

// tiny is below any coefficient that elimination can leave: the equations hold
// only 0, 1 and -1, a few dozen of them.
const tiny = 1e-9

// eliminate brings the rows into reduced row echelon form, in place.
func eliminate(rows [][]float64) {
	if len(rows) == 0 {
		return
	}
	done := 0
	for c := 0; c < len(rows[0]) && done < len(rows); c++ {
		pivot := done
		for r := done; r < len(rows); r++ {
			if math.Abs(rows[r][c]) > math.Abs(rows[pivot][c]) {
				pivot = r
			}
		}
		if math.Abs(rows[pivot][c]) < tiny {
			continue
		}
		rows[done], rows[pivot] = rows[pivot], rows[done]
		scale := rows[done][c]
		for k := c; k < len(rows[done]); k++ {
			rows[done][k] /= scale
		}
		for r := range rows {
			if f := rows[r][c]; r != done && math.Abs(f) >= tiny {
				for k := c; k < len(rows[r]); k++ {
					rows[r][k] -= f * rows[done][k]
				}
			}
		}
		done++
	}
}

// alone returns the only column of the row that isn't zero.
func alone(row []float64) (column int, ok bool) {
	for c, v := range row {
		if math.Abs(v) < tiny {
			continue
		}
		if ok {
			return 0, false
		}
		column, ok = c, true
	}
	return column, ok
}
