package disclosure

import (
	"cmp"
	"maps"
	"slices"
)

// withheld says which cells, and which hours of all regions, aren't published by
// candidate when the count is complete.
//
// The remainder of a cell is what wasn't shown of it yet when it was last shown in
// steps. The exact figure of the cell tells for whom the remainder was cast. A
// remainder of fewer than smallCell ballots must not be told, neither by its cell nor
// by what follows from sums. Sums are published of regions, of hours and of everything.
// They are the nodes of a graph whose edges are the withheld remainders, each between
// its region and its hour. An
// hour that is withheld itself is an edge too, from its node to that of
// everything. Of such edges exactly the bridges follow from the sums of the nodes
// (Gusfield, "A graph theoretic approach to statistical data security", 1988): an
// edge on a cycle can be more if its neighbours are less. So two rules hold in
// the end:
//
//   - No small remainder is a bridge.
//   - The withheld remainders of a sum hold at least smallCell ballots together.
//
// The total of a region is always exact: where the region has a single remainder,
// the total tells it, which the caller can't prevent.
func withheld(counted, shown map[cell]Tally, smallCell int64) (cells map[cell]bool, hours map[int64]bool) {
	g := newGraph(counted, shown, smallCell)
	for g.pool() || g.protect() {
	}
	cells, hours = map[cell]bool{}, map[int64]bool{}
	for _, e := range g.edges {
		switch {
		case e.hidden && e.from == g.everything:
			hours[e.hour] = true
		case e.hidden:
			cells[e.cell] = true
		}
	}
	return cells, hours
}

// graph is the state of one call of withheld.
type graph struct {
	smallCell  int64
	edges      []*remainder
	nodes      [][]*remainder // the edges of each: regions, then everything, then hours
	everything int
}

// remainder is an edge, between the node of a region or of everything and that of an
// hour.
type remainder struct {
	cell           // without a region where it is that of a whole hour
	from, to int   // nodes
	ballots  int64 // of a cell's
	hidden   bool
}

// other is the node at the other end.
func (e *remainder) other(node int) int { return e.from + e.to - node }

func newGraph(counted, shown map[cell]Tally, smallCell int64) *graph {
	ballots := map[cell]int64{}
	regions, hours := map[string]int{}, map[int64]int{}
	for _, cells := range []map[cell]Tally{counted, shown} {
		for c := range cells {
			if n := counted[c].Plus(shown[c], -1).size(); n > 0 {
				ballots[c], regions[c.region], hours[c.hour] = n, 0, 0
			}
		}
	}
	for i, region := range slices.Sorted(maps.Keys(regions)) {
		regions[region] = i
	}
	g := &graph{smallCell: smallCell, everything: len(regions), nodes: make([][]*remainder, len(regions)+1+len(hours))}
	for i, hour := range slices.Sorted(maps.Keys(hours)) {
		hours[hour] = len(regions) + 1 + i
	}
	for _, c := range slices.SortedFunc(maps.Keys(ballots), func(a, b cell) int {
		return cmp.Or(cmp.Compare(ballots[a], ballots[b]), cmp.Compare(a.hour, b.hour), cmp.Compare(a.region, b.region))
	}) {
		g.add(&remainder{cell: c, from: regions[c.region], to: hours[c.hour], ballots: ballots[c], hidden: ballots[c] < smallCell})
	}
	for _, hour := range slices.Sorted(maps.Keys(hours)) {
		g.add(&remainder{cell: cell{hour: hour}, from: g.everything, to: hours[hour]})
	}
	return g
}

func (g *graph) add(e *remainder) {
	g.edges = append(g.edges, e)
	g.nodes[e.from] = append(g.nodes[e.from], e)
	g.nodes[e.to] = append(g.nodes[e.to], e)
}

// size is how many ballots an edge stands for: that of a whole hour, for the
// cells of it that are withheld.
func (g *graph) size(e *remainder) int64 {
	if e.from != g.everything {
		return e.ballots
	}
	var sum int64
	for _, c := range g.nodes[e.to] {
		if c != e && c.hidden {
			sum += c.ballots
		}
	}
	return sum
}

// pool hides one more edge of each node whose hidden ones are small together,
// the smallest there is: edges are in that order, those of whole hours last. It
// says whether it hid any.
func (g *graph) pool() (hid bool) {
	for node, edges := range g.nodes {
		var sum int64
		unknown := false
		var next *remainder
		for _, e := range edges {
			whole := e.from == g.everything
			switch {
			case e.hidden && whole && node != g.everything:
				unknown = true // nobody knows what they add up to
			case e.hidden:
				sum += g.size(e)
			case next == nil && (node != g.everything || g.size(e) > 0):
				next = e
			}
		}
		if sum > 0 && sum < g.smallCell && !unknown && next != nil {
			next.hidden, hid = true, true
		}
	}
	return hid
}

// protect hides what it takes for one more small edge not to be a bridge: the
// other edges of the shortest cycle that it may lie on. It says whether there was one.
func (g *graph) protect() bool {
	for _, e := range g.bridges() {
		if g.size(e) >= g.smallCell {
			continue
		}
		hid := false
		for _, other := range g.around(e) {
			hid = hid || !other.hidden
			other.hidden = true
		}
		if hid {
			return true
		}
	}
	return false
}

// bridges are the hidden edges that lie on no cycle of hidden ones.
func (g *graph) bridges() (list []*remainder) {
	order := make([]int, len(g.nodes)) // in which nodes are found, from 1
	low := make([]int, len(g.nodes))
	found := 0
	var visit func(node int, by *remainder)
	visit = func(node int, by *remainder) {
		found++
		order[node], low[node] = found, found
		for _, e := range g.nodes[node] {
			to := e.other(node)
			switch {
			case !e.hidden || e == by:
			case order[to] > 0:
				low[node] = min(low[node], order[to])
			default:
				visit(to, e)
				low[node] = min(low[node], low[to])
				if low[to] > order[node] {
					list = append(list, e)
				}
			}
		}
	}
	for node := range g.nodes {
		if order[node] == 0 {
			visit(node, nil)
		}
	}
	return list
}

// What it costs to hide an edge that isn't hidden yet: a cell, and a whole hour.
const (
	cellCost = 1
	hourCost = 100
)

// around is the cheapest way from one end of an edge to the other without it,
// nil where there is none.
func (g *graph) around(e *remainder) (path []*remainder) {
	cost := map[int]int{e.from: 0}
	by := map[int]*remainder{}
	queue := map[int][]int{0: {e.from}} // nodes by cost
	for c := 0; len(queue) > 0; c++ {
		for ; len(queue[c]) > 0; queue[c] = queue[c][1:] {
			node := queue[c][0]
			if cost[node] < c {
				continue
			}
			for _, next := range g.nodes[node] {
				if next == e {
					continue
				}
				to, total := next.other(node), c+next.cost(g.everything)
				if known, ok := cost[to]; ok && known <= total {
					continue
				}
				cost[to], by[to] = total, next
				queue[total] = append(queue[total], to)
			}
		}
		delete(queue, c)
	}
	for node := e.to; by[node] != nil && node != e.from; node = by[node].other(node) {
		path = append(path, by[node])
	}
	return path
}

func (e *remainder) cost(everything int) int {
	switch {
	case e.hidden:
		return 0
	case e.from == everything:
		return hourCost
	}
	return cellCost
}
