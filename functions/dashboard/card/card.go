// Package card draws the picture that social networks show of a page: the headline, and who
// has how much. A document goes in, a PNG comes out.
package card

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// Of 1.91 to 1, as social networks show it.
const (
	width, height = 1200, 630
	edge          = 64
	barTop        = 316
	barHeight     = 64
	mostNamed     = 4 // candidates beside the bar
)

var (
	paper = color.RGBA{0xfb, 0xfa, 0xf7, 0xff}
	ink   = color.RGBA{0x17, 0x19, 0x1b, 0xff}
	quiet = color.RGBA{0x4b, 0x51, 0x57, 0xff}
)

// fonts are parsed once. Their faces aren't safe for concurrent use: each card has its own.
var fonts = sync.OnceValues(func() ([2]*opentype.Font, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return [2]*opentype.Font{}, err
	}
	bold, err := opentype.Parse(gobold.TTF)
	return [2]*opentype.Font{regular, bold}, err
})

// Draw draws the card of some results. What it says is English, as the API is. A line that the
// font, of Latin, Greek and Cyrillic, can't write is left out; a candidate's share is there.
func Draw(r *results.Document) (*httpdoc.Document, error) {
	p := &painter{canvas: image.NewRGBA(image.Rect(0, 0, width, height))}
	draw.Draw(p.canvas, p.canvas.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	p.text(edge, 84, 30, false, quiet, r.Election.Name)
	y := 160
	for _, line := range p.lines(r.Totals.Headline, 58, width-2*edge) {
		p.text(edge, y, 58, true, ink, line)
		y += 66
	}
	p.bar(r.Candidates)
	x := edge
	for _, c := range r.Candidates[:min(len(r.Candidates), mostNamed)] {
		p.fill(image.Rect(x, 398, x+64, 408), c.Colour)
		if r.Totals.Shown > 0 {
			p.text(x, 456, 44, true, ink, text.English.Percent(c.Share))
		}
		p.text(x, 498, 26, false, quiet, c.Name)
		x += (width - 2*edge) / mostNamed
	}
	p.text(edge, height-44, 24, false, quiet, "Tallystream")
	var b bytes.Buffer
	if p.err == nil {
		p.err = png.Encode(&b, p.canvas)
	}
	if p.err != nil {
		return nil, fmt.Errorf("draw a card: %w", p.err)
	}
	return httpdoc.New("image/png", b.Bytes()), nil
}

// painter draws on a canvas. After an error it does nothing.
type painter struct {
	canvas *image.RGBA
	err    error
}

// bar draws the candidates' shares beside one another.
func (p *painter) bar(candidates []results.Candidate) {
	share := 0.0
	for _, c := range candidates {
		from := edge + int(share*(width-2*edge)+0.5)
		share += c.Share
		to := edge + int(share*(width-2*edge)+0.5)
		p.fill(image.Rect(from, barTop, max(from, to-2), barTop+barHeight), c.Colour)
	}
}

// fill fills a box with a colour such as #0072B2.
func (p *painter) fill(box image.Rectangle, colour string) {
	var r, g, b uint8
	if _, err := fmt.Sscanf(colour, "#%02x%02x%02x", &r, &g, &b); err == nil {
		draw.Draw(p.canvas, box, image.NewUniform(color.RGBA{r, g, b, 0xff}), image.Point{}, draw.Src)
	}
}

// face is a font in a size; nil after an error.
func (p *painter) face(size float64, bold bool) font.Face {
	all, err := fonts()
	if err == nil {
		one := all[0]
		if bold {
			one = all[1]
		}
		var f font.Face
		if f, err = opentype.NewFace(one, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone}); err == nil {
			return f
		}
	}
	p.err = err
	return nil
}

// text writes a line, if the font has all of its letters.
func (p *painter) text(x, y int, size float64, bold bool, colour color.Color, line string) {
	f := p.face(size, bold)
	if p.err != nil || !writable(line) {
		return
	}
	d := font.Drawer{Dst: p.canvas, Src: image.NewUniform(colour), Face: f, Dot: fixed.P(x, y)}
	d.DrawString(line)
}

// writable reports whether the fonts have all letters of a line.
func writable(line string) bool {
	all, err := fonts()
	if err != nil {
		return false
	}
	for _, r := range line {
		if i, err := all[0].GlyphIndex(nil, r); err != nil || i == 0 {
			return false
		}
	}
	return utf8.ValidString(line)
}

// lines breaks a sentence into two lines at most, and cuts what is longer.
func (p *painter) lines(sentence string, size float64, room int) []string {
	f := p.face(size, true)
	if p.err != nil {
		return nil
	}
	var list []string
	for _, word := range strings.Fields(sentence) {
		last := len(list) - 1
		if last >= 0 && font.MeasureString(f, list[last]+" "+word).Ceil() <= room {
			list[last] += " " + word
			continue
		}
		if len(list) == 2 {
			list[1] += " …"
			break
		}
		list = append(list, word)
	}
	return list
}
