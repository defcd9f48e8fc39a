package page

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// arc is a parliament as it is usually drawn: its seats in rows of a half circle, those of one
// candidate beside one another, the most first, those for which nobody leads at the end.
type arc struct {
	Size   string // of a seat for which somebody leads
	Small  string // of another
	Wedges []wedge
	Rest   string // seats for which nobody leads
	Open   []point
	Dot    float64 // size of a seat
	Labels []arcLabel
}

// wedge is the seats of a candidate: a path of dots, each a line without a length.
type wedge struct {
	ID, Colour, Dots string
	Points           []point
}

// arcLabel is what stands outside the seats of a candidate.
type arcLabel struct {
	ID     string
	Mark   int
	Colour string
	X, Y   string // of the mark's middle
	Seats  int64
}

// The half circle in the units of its drawing.
const (
	arcX, arcY   = 500.0, 500.0 // its middle
	arcOuter     = 420.0
	arcInner     = 190.0
	arcLabelsAt  = 480.0
	arcDot       = 0.82 // of the distance of two seats
	arcMaxDot    = 40.0 // of a few seats
	arcOpen      = 0.4  // of the size of a seat: for which nobody leads
	arcLeastPart = 0.03 // of the seats, for a label
)

// point is a seat.
type point struct{ X, Y, angle float64 }

// drawArc draws the seats of a parliament.
func drawArc(total int64, rows []seatRow) arc {
	points, size := arcPoints(int(total))
	a := arc{Size: oneDecimal(size), Small: oneDecimal(size * arcOpen), Dot: size}
	at := 0
	for _, row := range rows {
		end := at + int(row.Seats)
		a.Wedges = append(a.Wedges, wedge{row.ID, row.Colour, dots(points[at:end]), points[at:end]})
		if float64(row.Seats) >= arcLeastPart*float64(total) {
			middle := (points[at].angle + points[end-1].angle) / 2
			a.Labels = append(a.Labels, arcLabel{
				row.ID, row.Mark, row.Colour,
				oneDecimal(arcX - arcLabelsAt*math.Cos(middle)), oneDecimal(arcY - arcLabelsAt*math.Sin(middle)), row.Seats,
			})
		}
		at = end
	}
	a.Rest, a.Open = dots(points[at:]), points[at:]
	return a
}

// arcPoints are the places of seats, from one end of the half circle to the other, and how
// large a seat is. Rows have seats as they are long.
func arcPoints(n int) (points []point, size float64) {
	if n == 0 {
		return nil, 0
	}
	area := math.Pi / 2 * (arcOuter*arcOuter - arcInner*arcInner)
	apart := math.Sqrt(area / float64(n))
	count := max(1, int(math.Round((arcOuter-arcInner)/apart)))
	radius := func(row int) float64 {
		if count == 1 {
			return (arcOuter + arcInner) / 2
		}
		return arcInner + (arcOuter-arcInner)*float64(row)/float64(count-1)
	}
	var long float64
	for row := range count {
		long += radius(row)
	}
	var upto float64
	given := 0
	for row := range count {
		upto += radius(row)
		seats := int(math.Round(float64(n)*upto/long)) - given
		given += seats
		for i := range seats {
			angle := math.Pi / 2
			if seats > 1 {
				angle = math.Pi * float64(i) / float64(seats-1)
			}
			points = append(points, point{arcX - radius(row)*math.Cos(angle), arcY - radius(row)*math.Sin(angle), angle})
		}
		if seats > 1 {
			apart = min(apart, radius(row)*math.Pi/float64(seats-1))
		}
	}
	slices.SortStableFunc(points, func(a, b point) int { return cmp.Compare(a.angle, b.angle) })
	return points, min(apart*arcDot, arcMaxDot)
}

// dots is a path that draws a point at each place, once its line has round ends.
func dots(points []point) string {
	var b strings.Builder
	for _, p := range points {
		b.WriteString("M" + oneDecimal(p.X) + " " + oneDecimal(p.Y) + "h0")
	}
	return b.String()
}

func oneDecimal(n float64) string { return strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64) }
