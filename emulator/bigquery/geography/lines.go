package geography

import (
	"cmp"
	"slices"

	"github.com/golang/geo/s2"
)

// joinLines makes lines of edges as S2's builder does with walks of undirected edges: equal
// edges are one, lines go on where they meet, and each begins where a line of the input does.
func joinLines(lines [][]s2.Point) [][]s2.Point {
	if simple(lines) {
		return lines
	}
	var edges []s2.Edge
	for _, l := range lines {
		edges = append(edges, chainEdges(l)...)
	}
	return walk(edges)
}

// chainEdges are the edges of a line.
func chainEdges(line []s2.Point) []s2.Edge {
	edges := make([]s2.Edge, 0, len(line))
	for i := range line[1:] {
		edges = append(edges, s2.Edge{V0: line[i], V1: line[i+1]})
	}
	return edges
}

// simple reports whether no vertex comes twice.
func simple(lines [][]s2.Point) bool {
	seen := map[s2.Point]bool{}
	for _, l := range lines {
		for _, v := range l {
			if seen[v] {
				return false
			}
			seen[v] = true
		}
	}
	return true
}

// unlabeled is the order of an edge against the direction of the input: after all others.
const unlabeled = int(^uint(0) >> 2)

// walker follows edges. Each edge of the input stands in both directions.
type walker struct {
	edges []walkEdge
	out   map[s2.Point][]int // edges by their beginning
	spent map[s2.Point]int   // how many walks begin, less how many end
}

type walkEdge struct {
	s2.Edge
	label   int // its place in the input
	sibling int // the same edge the other way
	used    bool
}

func walk(input []s2.Edge) [][]s2.Point {
	w := &walker{out: map[s2.Point][]int{}, spent: map[s2.Point]int{}}
	w.add(input)
	order := make([]int, len(w.edges))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(w.edges[a].label, w.edges[b].label) })

	var lines [][]s2.Point
	for _, e := range order { // from vertices where lines must end
		v := w.edges[e].V0
		if w.edges[e].used || (len(w.out[v])-w.spent[v])%2 == 0 {
			continue
		}
		w.spent[v]++
		line := w.follow(v)
		w.spent[line[len(line)-1]]--
		lines = append(lines, line)
	}
	for i := range lines {
		lines[i] = w.extend(lines[i])
	}
	for _, e := range order { // rings
		if !w.edges[e].used {
			lines = append(lines, w.extend(w.follow(w.edges[e].V0)))
		}
	}
	return lines
}

// add takes each edge once, in S2's order of vertices, with the place where it came first in
// each direction.
func (w *walker) add(input []s2.Edge) {
	labels := map[s2.Edge]int{}
	for i, e := range input {
		if label, known := labels[e]; !known || label == unlabeled {
			labels[e] = i
		}
		if _, known := labels[e.Reversed()]; !known {
			labels[e.Reversed()] = unlabeled
		}
	}
	for e, label := range labels {
		w.edges = append(w.edges, walkEdge{Edge: e, label: label})
	}
	slices.SortFunc(w.edges, func(a, b walkEdge) int {
		return cmp.Or(byCell(a.V0, b.V0), byCell(a.V1, b.V1))
	})
	at := map[s2.Edge]int{}
	for i, e := range w.edges {
		w.out[e.V0] = append(w.out[e.V0], i)
		at[e.Edge] = i
	}
	for i, e := range w.edges {
		w.edges[i].sibling = at[e.Reversed()]
	}
}

// follow walks along the edges that came first in the input. It stops where the next edge
// may go on from another one.
func (w *walker) follow(v s2.Point) []s2.Point {
	line := []s2.Point{v}
	for {
		best := -1
		for _, e := range w.out[v] {
			if !w.edges[e].used && (best < 0 || w.edges[e].label < w.edges[best].label) {
				best = e
			}
		}
		if best < 0 || w.continues(v, w.edges[best].label) {
			return line
		}
		w.edges[best].used, w.edges[w.edges[best].sibling].used = true, true
		v = w.edges[best].V1
		line = append(line, v)
	}
}

// continues reports whether an edge that begins at a vertex may go on from another one than
// the walk's.
func (w *walker) continues(v s2.Point, label int) bool {
	if (len(w.out[v])-w.spent[v])%2 == 0 {
		return false
	}
	for _, e := range w.out[v] {
		in := w.edges[w.edges[e].sibling]
		if !in.used && in.label <= label {
			return true
		}
	}
	return false
}

// extend adds the rings that begin at a vertex of a line.
func (w *walker) extend(line []s2.Point) []s2.Point {
	for i := 0; i < len(line); i++ {
		for _, e := range w.out[line[i]] {
			if !w.edges[e].used {
				line = slices.Insert(line, i+1, w.follow(line[i])[1:]...)
				break
			}
		}
	}
	return line
}
