package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// grid is how positions become places of the map, in its own units.
type grid struct {
	pitch  float64 // from a row to the next
	shift  int     // by which odd rows lie further to the right
	height int     // of a cell
	// edges are those of a cell that it may have in common with another: to the right, and
	// below. Of each, where the neighbour is, and the two ends from the cell's corner.
	edges func(position) []edge
}

type edge struct {
	to   position
	ends [4]int // x, y, x, y
}

// The grids: squares, and hexagons that stand on a corner.
var (
	squares = grid{pitch: tileSize, height: tileSize, edges: func(at position) []edge {
		return []edge{
			{position{at.column + 1, at.row}, [4]int{98, -2, 98, 98}},
			{position{at.column, at.row + 1}, [4]int{-2, 98, 98, 98}},
		}
	}}
	hexagons = grid{pitch: tileSize * 0.8660254, shift: tileSize / 2, height: 115, edges: func(at position) []edge {
		odd := at.row % 2
		return []edge{
			{position{at.column + 1, at.row}, [4]int{100, 29, 100, 87}},
			{position{at.column + odd, at.row + 1}, [4]int{100, 87, 50, 115}},
			{position{at.column + odd - 1, at.row + 1}, [4]int{50, 115, 0, 87}},
		}
	}}
)

// Border is a part of the border between two areas: x and y of both ends.
type Border [4]int

// Path draws all borders of a map, as SVG has it.
func (m tileMap) Path() string {
	var path strings.Builder
	for _, b := range m.Borders {
		fmt.Fprintf(&path, "M%d %dL%d %d", b[0], b[1], b[2], b[3])
	}
	return path.String()
}

// corner is where a cell's box begins.
func (g grid) corner(at position) (x, y int) {
	return at.column*tileSize + at.row%2*g.shift, int(math.Round(float64(at.row) * g.pitch))
}

// box is the map's viewBox.
func (g grid) box(columns, rows int) string {
	width, height := max(columns, leastColumns)*tileSize, int(math.Round(float64(max(rows, 1)-1)*g.pitch))+g.height
	if rows > 1 {
		width += g.shift
	}
	return "0 0 " + strconv.Itoa(width) + " " + strconv.Itoa(height)
}

// areas finds the borders between areas, and places their names.
func (g grid) areas(list []results.Region, at []position, areas []results.Area) (borders []Border, names []areaName) {
	parents := make(map[position]string, len(list))
	middles := map[string][3]int{} // sums of x and y, and of how many
	for i, where := range at {
		parent := list[i].Parent
		parents[where] = parent
		x, y := g.corner(where)
		m := middles[parent]
		middles[parent] = [3]int{m[0] + x + tileSize/2, m[1] + y + g.height/2, m[2] + 1}
	}
	for _, where := range at {
		x, y := g.corner(where)
		for _, e := range g.edges(where) {
			if other, there := parents[e.to]; there && other != parents[where] {
				borders = append(borders, Border{x + e.ends[0], y + e.ends[1], x + e.ends[2], y + e.ends[3]})
			}
		}
	}
	for _, a := range areas {
		if m := middles[a.ID]; m[2] > 0 {
			names = append(names, areaName{m[0] / m[2], m[1] / m[2], a.Name})
		}
	}
	return borders, names
}

// cluster lays regions out so that those of an area are beside one another: it divides the
// cells of a grid by straight cuts, each as nearly in halves as the areas permit.
func cluster(list []results.Region, areas []results.Area) (at []position, columns, rows int) {
	cells, columns, rows := fill(len(list))
	var groups [][]int // of regions, by area
	for _, a := range areas {
		var members []int
		for i, g := range list {
			if g.Parent == a.ID {
				members = append(members, i)
			}
		}
		if members != nil {
			groups = append(groups, members)
		}
	}
	at = make([]position, len(list))
	divide(cells, groups, at)
	return at, columns, rows
}

// divide gives cells to groups of regions, as many as there are.
func divide(cells []position, groups [][]int, at []position) {
	if len(groups) == 1 {
		slices.SortFunc(cells, byRow)
		for i, region := range groups[0] {
			at[region] = cells[i]
		}
		return
	}
	half, cut, first := len(cells)/2, 0, 0
	for first < len(groups)-1 && (first == 0 || cut+len(groups[first])/2 <= half) {
		cut += len(groups[first])
		first++
	}
	low, high := cells[0], cells[0]
	for _, c := range cells {
		low = position{min(low.column, c.column), min(low.row, c.row)}
		high = position{max(high.column, c.column), max(high.row, c.row)}
	}
	order := byRow
	if high.column-low.column > high.row-low.row {
		order = byColumn
	}
	slices.SortFunc(cells, order)
	divide(cells[:cut], groups[:first], at)
	divide(cells[cut:], groups[first:], at)
}

func byRow(a, b position) int {
	return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
}
func byColumn(a, b position) int {
	return cmp.Or(cmp.Compare(a.column, b.column), cmp.Compare(a.row, b.row))
}
