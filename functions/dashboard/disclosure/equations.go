package disclosure

import (
	"math"
	"slices"
)

// equations are sums over unknown figures, reduced by Gauss-Jordan elimination. Of each
// figure they take its column: the few sums that it stands in. What elimination has done to
// the rows is kept as a matrix by which columns are multiplied, so the work grows with the
// figures by their few terms, not by all sums.
type equations struct {
	figures []int       // that were added
	terms   [][]term    // of each of them
	did     [][]float64 // row i of the reduced equations is the sum of did[n][i] times equation n
	pivots  []int       // the figure that each row tells by the others; none if it's free yet
	column  []float64   // of the figure at hand
}

// A term is where a figure stands in an equation.
type term struct {
	equation    int
	coefficient float64
}

// none stands for no figure.
const none = -1

// tiny is below any coefficient that elimination can leave: the equations hold only 0, 1
// and -1, a few dozen of them.
const tiny = 1e-9

func newEquations(count int) *equations {
	e := &equations{did: make([][]float64, count), pivots: make([]int, count), column: make([]float64, count)}
	for i := range e.did {
		e.did[i] = make([]float64, count)
		e.did[i][i] = 1
		e.pivots[i] = none
	}
	return e
}

// reduced returns the column of a figure in the reduced equations. It is good until the
// next call.
func (e *equations) reduced(terms []term) []float64 {
	clear(e.column)
	for _, t := range terms {
		for row, v := range e.did[t.equation] {
			e.column[row] += t.coefficient * v
		}
	}
	return e.column
}

// add takes one more figure. If no row tells it by the figures before it, it becomes the
// pivot of a free row.
func (e *equations) add(figure int, terms []term) {
	e.figures, e.terms = append(e.figures, figure), append(e.terms, terms)
	column, pivot := e.reduced(terms), none
	for row, v := range column {
		if e.pivots[row] == none && math.Abs(v) >= tiny && (pivot == none || math.Abs(v) > math.Abs(column[pivot])) {
			pivot = row
		}
	}
	if pivot == none {
		return
	}
	e.pivots[pivot] = figure
	for _, did := range e.did {
		did[pivot] /= column[pivot]
		for row, v := range column {
			if row != pivot && math.Abs(v) >= tiny {
				did[row] -= v * did[pivot]
			}
		}
	}
}

// determined returns the figures that have one solution only, in ascending order: the
// pivots whose rows hold no other figure.
func (e *equations) determined() []int {
	var found []int
	for row, figure := range e.pivots {
		if figure != none && e.alone(row, figure) {
			found = append(found, figure)
		}
	}
	slices.Sort(found)
	return found
}

// alone reports whether a row holds no figure but its pivot.
func (e *equations) alone(row, pivot int) bool {
	for i, figure := range e.figures {
		var v float64
		for _, t := range e.terms[i] {
			v += t.coefficient * e.did[t.equation][row]
		}
		if figure != pivot && math.Abs(v) >= tiny {
			return false
		}
	}
	return true
}

// determinedBeside reports whether a determined figure would be it still if another one,
// with these terms, were unknown too. It would if its row doesn't hold that one, or if a
// free row does, which then can be subtracted from its row.
func (e *equations) determinedBeside(figure int, other []term) bool {
	holds := false
	for row, v := range e.reduced(other) {
		if math.Abs(v) < tiny {
			continue
		}
		switch e.pivots[row] {
		case none:
			return true
		case figure:
			holds = true
		}
	}
	return !holds
}
