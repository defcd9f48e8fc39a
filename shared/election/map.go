package election

import (
	"fmt"
	"slices"
	"strings"
)

// Map says how the page draws the regions.
type Map struct {
	// First is what the page shows unless its reader chooses another: tiles (where nothing is
	// said), hexagons or outlines.
	First MapKind `yaml:"first" json:"first,omitempty"`

	// Outlines are the regions' real ones; without them there are none to choose.
	Outlines *Outlines `yaml:"outlines" json:"outlines,omitempty"`
}

// MapKind is a way to draw the regions.
type MapKind string

// The kinds of maps.
const (
	MapTiles    MapKind = "tiles"    // equal squares
	MapHexagons MapKind = "hexagons" // equal hexagons
	MapOutlines MapKind = "outlines" // the regions as they are
)

// Outlines say where the outlines of the regions are, and how they become flat.
type Outlines struct {
	// File is the name of a file of TopoJSON or GeoJSON beside the election file. Data is the
	// text of one, instead: what Load makes of File.
	File string `yaml:"file" json:"file,omitempty"`
	Data string `yaml:"data" json:"data,omitempty"`

	// Object is the one of the objects of a TopoJSON; it needs no name where there is one.
	Object string `yaml:"object" json:"object,omitempty"`

	// Property is the one of a feature that holds the id of its region; empty for the
	// feature's own id.
	Property string `yaml:"property" json:"property,omitempty"`

	// Projection makes degrees flat; empty for AzimuthalEqualArea.
	Projection Projection `yaml:"projection" json:"projection,omitempty"`
}

// Projection is a way to make a globe flat.
type Projection string

// The projections.
const (
	AzimuthalEqualArea Projection = "azimuthal_equal_area" // Lambert's, about the middle of the outlines
	Mercator           Projection = "mercator"             // the spherical one of maps on the web
	Planar             Projection = "planar"               // none: x goes to the right and y down, in any unit
)

// Kinds are the kinds of maps that there are of the election, the one that is shown first
// at the front.
func (e *Election) Kinds() []MapKind {
	kinds := []MapKind{MapTiles, MapHexagons}
	if e.Map == nil {
		return kinds
	}
	if e.Map.Outlines != nil {
		kinds = append(kinds, MapOutlines)
	}
	if i := slices.Index(kinds, e.Map.First); i > 0 {
		kinds = append([]MapKind{e.Map.First}, slices.Delete(kinds, i, i+1)...)
	}
	return kinds
}

func (e *Election) validateMap() (errs []error) {
	if e.Map == nil {
		return nil
	}
	problem := func(format string, args ...any) { errs = append(errs, fmt.Errorf("map: "+format, args...)) }
	switch e.Map.First {
	case "", MapTiles, MapHexagons:
	case MapOutlines:
		if e.Map.Outlines == nil {
			problem("first is outlines, and there are none: give outlines, or show tiles or hexagons first")
		}
	default:
		problem("first is %q: use tiles, hexagons or outlines", e.Map.First)
	}
	o := e.Map.Outlines
	if o == nil {
		return errs
	}
	switch {
	case (o.File == "") == (o.Data == ""):
		problem("outlines: give a file, or the text of one as data: one of them")
	case o.File != "" && !plainName(o.File):
		problem("outlines: file %q: write the name of a file that lies beside the election file, without a folder", o.File)
	case len(o.Data) > MaxFileBytes:
		problem("outlines: they have %d bytes, more than %d: simplify them first, with mapshaper for example", len(o.Data), MaxFileBytes)
	}
	switch o.Projection {
	case "", AzimuthalEqualArea, Mercator, Planar:
	default:
		problem("outlines: projection %q: use azimuthal_equal_area, mercator, or planar for what is flat already", o.Projection)
	}
	if len(e.Regions) == 0 {
		problem("outlines: the election has no regions: list them, so that each can be found")
	}
	return errs
}

// plainName reports whether a text is the name of a file in any folder.
func plainName(name string) bool {
	return !strings.ContainsAny(name, `/\`) && !strings.HasPrefix(name, ".") && len(name) <= 255
}

// gather reads what lies beside the election file into the election.
func (e *Election) gather(read func(name string) ([]byte, error)) error {
	if e.Map == nil || e.Map.Outlines == nil || e.Map.Outlines.File == "" {
		return nil
	}
	o := e.Map.Outlines
	text, err := read(o.File)
	if err != nil {
		return fmt.Errorf("map: outlines: %w: put the file beside the election file", err)
	}
	if len(text) == 0 {
		return fmt.Errorf("map: outlines: %s is empty", o.File)
	}
	o.File, o.Data = "", string(text)
	if errs := e.validateMap(); len(errs) > 0 {
		return errs[0]
	}
	return nil
}
