package outline

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"
)

// ring is the outline of an area, or of a hole in one, on the grid. It ends where it begins,
// and no two points that follow each other are the same.
type ring []orb.Point

// place puts features on a grid that is Side long, by id of the region.
func place(features []feature) (map[string][]ring, error) {
	var bound orb.Bound
	for i, f := range features {
		if bound = bound.Union(f.polygons.Bound()); i == 0 {
			bound = f.polygons.Bound()
		}
	}
	long := max(bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1])
	if long == 0 {
		return nil, fmt.Errorf("all of their points are %v: an outline has an area", bound.Min)
	}
	scale := Side / long
	all := make(map[string][]ring, len(features))
	for _, f := range features {
		for _, polygon := range f.polygons {
			for _, points := range polygon {
				r := make(ring, 0, len(points))
				for _, p := range points {
					r = append(r, orb.Point{float64(int((p[0]-bound.Min[0])*scale + 0.5)), float64(int((p[1]-bound.Min[1])*scale + 0.5))})
				}
				all[f.name] = append(all[f.name], slices.Compact(r))
			}
		}
	}
	return all, nil
}

// cutAll cuts all rings where more than two borders meet, into lines that regions have in
// common or have alone. A line that two have in common is the same in both.
func cutAll(all map[string][]ring) map[string][][]orb.LineString {
	beside := map[orb.Point][]orb.Point{} // up to three others that a point is joined with
	join := func(a, b orb.Point) {
		if list := beside[a]; len(list) < 3 && !slices.Contains(list, b) {
			beside[a] = append(list, b)
		}
	}
	for _, rings := range all {
		for _, r := range rings {
			for i := 1; i < len(r); i++ {
				join(r[i-1], r[i])
				join(r[i], r[i-1])
			}
		}
	}
	meets := func(p orb.Point) bool { return len(beside[p]) > 2 }
	cut := make(map[string][][]orb.LineString, len(all))
	for id, rings := range all {
		for _, r := range rings {
			cut[id] = append(cut[id], r.cut(meets))
		}
	}
	return cut
}

// cut cuts a ring at some points; where there is none, at its least, so that it is the same
// wherever it began.
func (r ring) cut(at func(orb.Point) bool) []orb.LineString {
	open := r[:max(len(r)-1, 1)]
	begin := slices.IndexFunc(open, at)
	if begin < 0 {
		begin = slices.Index(open, slices.MinFunc(open, order))
	}
	turned := slices.Concat(open[begin:], open[:begin], open[begin:begin+1])
	var lines []orb.LineString
	last := 0
	for i := 1; i < len(turned); i++ {
		if i == len(turned)-1 || at(turned[i]) {
			lines = append(lines, orb.LineString(turned[last:i+1]))
			last = i
		}
	}
	return lines
}

func order(a, b orb.Point) int { return slices.Compare(a[:], b[:]) }

// join simplifies lines, each in the direction that is the same for both of its sides, and
// makes a ring of them again.
func join(lines []orb.LineString, tolerance float64) ring {
	var r ring
	for _, line := range lines {
		line = line.Clone()
		turn := order(line[0], line[len(line)-1]) > 0 ||
			line[0] == line[len(line)-1] && order(line[1], line[len(line)-2]) > 0
		if turn {
			line.Reverse()
		}
		line = simplify.DouglasPeucker(tolerance).LineString(line)
		if turn {
			line.Reverse()
		}
		r = append(r, line...)
	}
	return slices.Compact(r)
}
