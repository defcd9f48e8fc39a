package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"sync"
	"unicode"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// UnwritableError says that a PNG can't be drawn, because the font has not all of its letters.
type UnwritableError struct{ Text string }

func (e *UnwritableError) Error() string {
	return fmt.Sprintf("the font has no letters for %.60q: ask for the SVG, whose reader brings the fonts", e.Text)
}

// PNG draws the picture. The font is Go's, of Latin, Greek and Cyrillic: the error is an
// UnwritableError where it lacks a letter.
func (p *Picture) PNG() ([]byte, error) {
	for _, w := range p.words {
		if !Writable(w.Text) {
			return nil, &UnwritableError{w.Text}
		}
	}
	icon, err := oksvg.ReadIconStream(strings.NewReader(p.svg(nil)), oksvg.StrictErrorMode)
	if err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	width, height := int(p.Width), int(p.Height)
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	icon.SetTarget(0, 0, p.Width, p.Height)
	icon.Draw(rasterx.NewDasher(width, height, &scanner{canvas: canvas}), 1)
	for _, w := range p.words {
		if err := write(canvas, w); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, canvas); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	return b.Bytes(), nil
}

// fonts are parsed once. Their faces aren't safe for concurrent use: each line has its own.
var fonts = sync.OnceValues(func() ([2]*opentype.Font, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return [2]*opentype.Font{}, err
	}
	bold, err := opentype.Parse(gobold.TTF)
	return [2]*opentype.Font{regular, bold}, err
})

// face is the font in a size.
func face(size float64, bold bool) (font.Face, error) {
	all, err := fonts()
	if err != nil {
		return nil, err
	}
	one := all[0]
	if bold {
		one = all[1]
	}
	return opentype.NewFace(one, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
}

// write writes a line.
func write(canvas draw.Image, w Words) error {
	w.Text = spaces.Replace(w.Text)
	f, err := face(w.Size, w.Bold)
	if err != nil {
		return fmt.Errorf("write %q: %w", w.Text, err)
	}
	x := w.X
	switch wide := font.MeasureString(f, w.Text).Ceil(); {
	case w.Anchor == Middle:
		x -= float64(wide) / 2
	case (w.Anchor == End) != w.RTL:
		x -= float64(wide)
	}
	var r, g, b uint8
	if _, err := fmt.Sscanf(w.Colour, "#%02x%02x%02x", &r, &g, &b); err != nil {
		return fmt.Errorf("write %q: colour %q: %w", w.Text, w.Colour, err)
	}
	d := font.Drawer{Dst: canvas, Src: image.NewUniform(color.RGBA{r, g, b, 0xff}), Face: f, Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(w.Y * 64)}}
	d.DrawString(w.Text)
	return nil
}

// spaces are written as the font has them.
var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

// Writable reports whether the font of PNGs has all letters of a text.
func Writable(text string) bool {
	all, err := fonts()
	if err != nil {
		return false
	}
	for _, r := range spaces.Replace(text) {
		if i, err := all[0].GlyphIndex(nil, r); err != nil || i == 0 || r == unicode.ReplacementChar {
			return false
		}
	}
	return true
}

// Width is about how wide a text is: exactly, in a PNG.
func Width(text string, size float64, bold bool) float64 {
	f, err := face(size, bold)
	if err != nil {
		return 0
	}
	return float64(font.MeasureString(f, text).Ceil())
}
