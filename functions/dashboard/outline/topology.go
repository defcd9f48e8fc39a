package outline

import (
	"encoding/json"
	"fmt"

	"github.com/paulmach/orb"
)

// topology are the lines that the objects of a TopoJSON consist of.
type topology struct{ arcs []orb.LineString }

func newTopology(top object) (*topology, error) {
	t := &topology{}
	if err := json.Unmarshal(top.Arcs, &t.arcs); err != nil {
		return nil, fmt.Errorf("their arcs can't be read: %w", err)
	}
	if top.Transform == nil {
		return t, nil
	}
	// Each point of an arc is the difference from the one before it, in whole steps.
	for _, arc := range t.arcs {
		var at orb.Point
		for i, step := range arc {
			at[0], at[1] = at[0]+step[0], at[1]+step[1]
			for axis := range 2 {
				arc[i][axis] = at[axis]*top.Transform.Scale[axis] + top.Transform.Translate[axis]
			}
		}
	}
	return t, nil
}

// polygons are those of an object.
func (t *topology) polygons(o object) (orb.MultiPolygon, error) {
	var indices [][][]int // of arcs, by polygon and ring
	switch o.Type {
	case "Polygon":
		var one [][]int
		if err := json.Unmarshal(o.Arcs, &one); err != nil {
			return nil, err
		}
		indices = [][][]int{one}
	case "MultiPolygon":
		if err := json.Unmarshal(o.Arcs, &indices); err != nil {
			return nil, err
		}
	default:
		return nil, noArea(o.Type)
	}
	var m orb.MultiPolygon
	for _, rings := range indices {
		var p orb.Polygon
		for _, arcs := range rings {
			r, err := t.ring(arcs)
			if err != nil {
				return nil, err
			}
			p = append(p, r)
		}
		m = append(m, p)
	}
	return m, nil
}

// ring joins arcs. Of the arc n, ^n is the reverse; each begins where the one before it ends.
func (t *topology) ring(arcs []int) (orb.Ring, error) {
	var r orb.Ring
	for _, i := range arcs {
		at := i
		if i < 0 {
			at = ^i
		}
		if at >= len(t.arcs) {
			return nil, fmt.Errorf("arc %d doesn't exist: there are %d", i, len(t.arcs))
		}
		arc := t.arcs[at]
		if i < 0 {
			arc = arc.Clone()
			arc.Reverse()
		}
		if len(r) > 0 && len(arc) > 0 {
			arc = arc[1:]
		}
		r = append(r, arc...)
	}
	return r, nil
}
