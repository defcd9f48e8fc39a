package geography

import "github.com/golang/geo/s2"

// MaxLevel is the level of the smallest cells of S2.
const MaxLevel = s2.MaxLevel

// Cell is the number of the cell of a level that a point is in.
func Cell(p s2.Point, level int) int64 {
	return int64(s2.CellFromPoint(p).ID().Parent(level))
}

// Covering are the numbers of cells that cover a value: as few as serve, of certain levels.
func Covering(g *Geography, low, high, most int) []int64 {
	ids := []int64{}
	if g.Empty() {
		return ids
	}
	if p, ok := g.SinglePoint(); ok {
		return append(ids, Cell(p, high))
	}
	coverer := s2.RegionCoverer{MinLevel: low, MaxLevel: high, MaxCells: most, LevelMod: 1}
	for _, id := range coverer.Covering(g.covered()) {
		ids = append(ids, int64(id))
	}
	return ids
}

// covered is the value as S2 covers it.
func (g *Geography) covered() s2.Region {
	if g.Full {
		return s2.FullRect()
	}
	var union s2.RegionUnion
	for _, p := range g.Points {
		union = append(union, p)
	}
	for _, l := range g.Lines {
		p := s2.Polyline(l)
		union = append(union, &p)
	}
	if rings := g.orientedRings(); len(rings) > 0 {
		loops := make([]*s2.Loop, len(rings))
		for i, r := range rings {
			loops[i] = s2.LoopFromPoints(r)
		}
		union = append(union, s2.PolygonFromOrientedLoops(loops))
	}
	return &union
}
