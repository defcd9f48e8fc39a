package picture

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// scanner is a rasterx.Scanner that looks at no more of the canvas than a path covers: one
// for a whole canvas takes milliseconds for each path, of which a map has hundreds. It fills by
// the nonzero rule, as SVG does without another.
type scanner struct {
	canvas *image.RGBA
	colour color.Color
	paths  [][]fixed.Point26_6
	extent fixed.Rectangle26_6
	raster vector.Rasterizer
}

// Start begins a path.
func (s *scanner) Start(at fixed.Point26_6) {
	if len(s.paths) == 0 {
		s.extent = fixed.Rectangle26_6{Min: at, Max: at}
	}
	s.paths = append(s.paths, []fixed.Point26_6{at})
	s.cover(at)
}

// Line goes on with it.
func (s *scanner) Line(to fixed.Point26_6) {
	last := len(s.paths) - 1
	s.paths[last] = append(s.paths[last], to)
	s.cover(to)
}

func (s *scanner) cover(at fixed.Point26_6) {
	s.extent.Min.X, s.extent.Min.Y = min(s.extent.Min.X, at.X), min(s.extent.Min.Y, at.Y)
	s.extent.Max.X, s.extent.Max.Y = max(s.extent.Max.X, at.X), max(s.extent.Max.Y, at.Y)
}

// Draw fills the paths. The sides of a line come as paths that close one another.
func (s *scanner) Draw() {
	box := image.Rect(s.extent.Min.X.Floor(), s.extent.Min.Y.Floor(), s.extent.Max.X.Ceil(), s.extent.Max.Y.Ceil()).Intersect(s.canvas.Bounds())
	if box.Empty() || len(s.paths) == 0 {
		return
	}
	s.raster.Reset(box.Dx(), box.Dy())
	place := func(p fixed.Point26_6) (x, y float32) {
		return float32(p.X)/64 - float32(box.Min.X), float32(p.Y)/64 - float32(box.Min.Y)
	}
	for _, path := range s.paths {
		s.raster.MoveTo(place(path[0]))
		for _, to := range path[1:] {
			s.raster.LineTo(place(to))
		}
	}
	s.raster.DrawOp = draw.Over
	s.raster.Draw(s.canvas, box, image.NewUniform(s.colour), image.Point{})
}

// GetPathExtent is what the paths cover.
func (s *scanner) GetPathExtent() fixed.Rectangle26_6 { return s.extent }

// Clear forgets the paths.
func (s *scanner) Clear() { s.paths = s.paths[:0] }

// SetColor sets what paths are filled with. Pictures have no gradients.
func (s *scanner) SetColor(c any) { s.colour = c.(color.Color) }

func (s *scanner) SetBounds(int, int)      {} // those of the canvas
func (s *scanner) SetWinding(bool)         {} // nonzero
func (s *scanner) SetClip(image.Rectangle) {} // pictures have no clips
