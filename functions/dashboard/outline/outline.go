// Package outline makes the outlines of regions drawable. An election with the text of a
// TopoJSON or GeoJSON goes in; what comes out is an SVG path for each region: projected,
// on a grid, and simplified so that all of them together are no larger than MaxBytes.
// Regions that have a border in common have it in common afterwards.
package outline

import (
	"encoding/json"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/tallystream/tallystream/shared/election"
)

// Side is how many units of the grid the longer side of all outlines has. On a screen it has
// some 1,000 pixels.
const Side = 8000

// MaxBytes is the most that the paths of all regions may have as JSON. It is read once, and
// compressed to about a third.
const MaxBytes = 256 << 10

// Tolerances are by how many units a line may be off: from half a pixel on, for as long as
// the paths are larger than MaxBytes, up to mostTolerance.
const (
	leastTolerance = 4
	mostTolerance  = 64
)

// Outlines are the outlines of an election's regions.
type Outlines struct {
	Shapes map[string]Shape // by id of the region
	Paths  []byte           // a JSON object: path of an SVG, to be filled by the rule evenodd, by id of the region
}

// Shape is the outline of one region, in units of the grid; y goes down.
type Shape struct {
	Bound orb.Bound // that it fits in
	// Rings close. Those that bound holes run the other way, so that the rules evenodd and nonzero
	// fill the same.
	Rings [][]orb.Point
	Label orb.Point // the middle of the largest circle in it, about
	Room  float64   // the radius of that circle
}

// New returns the outlines of an election; nil where it has none. Its errors say what of the
// outlines, or of the regions, to correct.
func New(e *election.Election) (*Outlines, error) {
	if e.Map == nil || e.Map.Outlines == nil {
		return nil, nil
	}
	given := e.Map.Outlines
	features, err := decode([]byte(given.Data), given.Object, given.Property)
	if err == nil {
		features, err = assign(features, e.Regions)
	}
	if err == nil {
		err = flatten(features, given.Projection)
	}
	var all map[string][]ring
	if err == nil {
		all, err = place(features)
	}
	if err != nil {
		return nil, fmt.Errorf("the outlines of the map can't be used: %w", err)
	}
	return draw(all)
}

// draw simplifies shapes until they are small enough.
func draw(all map[string][]ring) (*Outlines, error) {
	cut := cutAll(all)
	for tolerance := float64(leastTolerance); ; tolerance *= 2 {
		simple, paths := make(map[string][]ring, len(all)), make(map[string]string, len(all))
		for id, lines := range cut {
			simple[id] = turned(simplified(all[id], lines, tolerance))
			paths[id] = path(simple[id])
		}
		text, err := json.Marshal(paths)
		switch {
		case err != nil:
			return nil, fmt.Errorf("encode the outlines of the map: %w", err)
		case len(text) <= MaxBytes:
			o := &Outlines{Shapes: make(map[string]Shape, len(all)), Paths: text}
			for id, rings := range simple {
				o.Shapes[id] = shape(rings)
			}
			return o, nil
		case tolerance >= mostTolerance:
			return nil, fmt.Errorf("the outlines of the map have %d bytes when they are as simple as can be, more than %d: leave small islands out", len(text), MaxBytes)
		}
	}
}
