package page

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/tallystream/tallystream/functions/dashboard/outline"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/shared/election"
)

// Maps are the maps that there are of an election's regions.
type Maps struct {
	Kinds    []election.MapKind // the one that is shown first at the front
	Outlines *outline.Outlines  // of the kind outlines; nil without it
}

// List names the kinds in a sentence.
func (m Maps) List() string {
	names := make([]string, 0, len(m.Kinds))
	for _, kind := range m.Kinds {
		names = append(names, string(kind))
	}
	return strings.Join(names, ", ")
}

// OutlinesAsset is the plain name of the asset that holds the paths of the outlines.
const OutlinesAsset = "outlines.json"

// tileMap is the map of the regions.
type tileMap struct {
	Kind    election.MapKind
	Choices []mapChoice // none where there is one kind only
	Box     string
	Bound   orb.Bound // the same, among outlines
	Dense   bool      // so many tiles that nothing can be read on them
	Tiles   []tile
	Borders []Border // between areas; none where there are none
	Names   []areaName
	Scale   string // units of the map for each of a text on it
	Key     []keyEntry
	Readout string // of the region that is chosen, else what to do
}

// mapChoice leads to the same page with another map.
type mapChoice struct {
	Kind election.MapKind
	Name string
	Href string
	Here bool
}

// areaName is the name of an area, in its middle.
type areaName struct {
	X, Y int
	Name string
}

// drawMap makes the map of some regions, without what is said of them.
func (p *content) drawMap(list []results.Region) tileMap {
	m := tileMap{Kind: p.mapKind(), Tiles: make([]tile, len(list)), Key: keyEntries(p.lang), Readout: p.lang.Say("where.hint")}
	m.Choices = p.mapChoices(m.Kind)
	if m.Kind == election.MapOutlines {
		m.outlines(list, p.maps.Outlines)
		return m
	}
	grid := squares
	if m.Kind == election.MapHexagons {
		grid = hexagons
	}
	at, columns, rows := grid.layout(list, p.Document.Areas)
	m.Box, m.Dense = grid.box(columns, rows), columns > mostReadable
	for i, where := range at {
		t := &m.Tiles[i]
		t.X, t.Y = grid.corner(where)
		t.HasCode, t.HasLead = !m.Dense, !m.Dense
	}
	if m.Dense && p.area() == "" {
		m.Scale = decimal(float64(columns*tileSize) / textUnits)
		m.Borders, m.Names = grid.areas(list, at, p.Document.Areas)
	}
	return m
}

// mapKind is the kind that the address asks for, or else the one that is shown first.
func (p *content) mapKind() election.MapKind {
	kind := p.look.Map
	if kind == "" && len(p.maps.Kinds) > 0 {
		kind = p.maps.Kinds[0]
	}
	if kind == election.MapOutlines && !p.outlined() {
		kind = election.MapTiles // a region of which no election file knows
	}
	return cmp.Or(kind, election.MapTiles)
}

// outlined reports whether every region has an outline.
func (p *content) outlined() bool {
	return p.maps.Outlines != nil && !slices.ContainsFunc(p.Regions, func(g results.Region) bool {
		_, has := p.maps.Outlines.Shapes[g.State]
		return !has
	})
}

func (p *content) mapChoices(shown election.MapKind) (choices []mapChoice) {
	for _, c := range []mapChoice{
		{Kind: election.MapTiles, Name: p.lang.Say("where.map.tiles")},
		{Kind: election.MapHexagons, Name: p.lang.Say("where.map.hexagons")},
		{Kind: election.MapOutlines, Name: p.lang.Say("where.map.outlines")},
	} {
		if slices.Contains(p.maps.Kinds, c.Kind) {
			there := p.Chosen
			there.look.Map = c.Kind
			c.Href, c.Here = there.link(there.Region), c.Kind == shown
			choices = append(choices, c)
		}
	}
	return choices
}

// textUnits is how many units of text the longer side of a large map has.
const textUnits = 1000

// How much room, in units of text, a region with an outline needs for its code, and for a mark
// and the lead besides.
const (
	roomForCode = 18
	roomForLead = 36
)

// OutlineOf is the outline of a region, as rings in the units of the map of outlines.
func (p content) OutlineOf(region string) [][]orb.Point { return p.maps.Outlines.Shapes[region].Rings }

// outlines places the regions by their outlines. The map is as large as they are.
func (m *tileMap) outlines(list []results.Region, all *outline.Outlines) {
	var bound orb.Bound
	for i, g := range list {
		if s := all.Shapes[g.State]; i == 0 {
			bound = s.Bound
		} else {
			bound = bound.Union(s.Bound)
		}
	}
	width, height := bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1]
	scale := max(width, height, 1) / textUnits
	m.Scale, m.Bound = decimal(scale), bound
	m.Box = strings.Join([]string{decimal(bound.Min[0]), decimal(bound.Min[1]), decimal(max(width, 1)), decimal(max(height, 1))}, " ")
	for i, g := range list {
		s := all.Shapes[g.State]
		t := &m.Tiles[i]
		t.X, t.Y = int(math.Round(s.Label[0])), int(math.Round(s.Label[1]))
		t.HasCode, t.HasLead = s.Room >= roomForCode*scale, s.Room >= roomForLead*scale
	}
}

func decimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
