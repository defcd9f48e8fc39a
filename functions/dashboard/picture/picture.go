// Package picture makes pictures of shapes and words. They are SVG; the same is drawn as PNG.
package picture

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// Picture is a drawing of so many pixels. Words lie above all shapes.
type Picture struct {
	Width, Height float64
	Language      string // of its words: BCP 47
	Title         string // what it says, in words
	Paper         string // colour behind everything, such as #FFFFFF
	shapes        []string
	words         []Words
}

// Words are a line of text.
type Words struct {
	X, Y   float64 // of its beginning, middle or end, on the base line
	Size   float64 // of the letters, in pixels
	Bold   bool
	Colour string
	Anchor Anchor
	RTL    bool // written from right to left: begins at its right
	Text   string
}

// Anchor says which part of a line is at its place.
type Anchor string

// The anchors, as SVG calls them.
const (
	Start  Anchor = "start"
	Middle Anchor = "middle"
	End    Anchor = "end"
)

// Stroke is a line: of a colour, so many pixels wide, with dashes of so many pixels or none.
type Stroke struct {
	Colour string
	Width  float64
	Dashes float64
}

// Rect fills a box.
func (p *Picture) Rect(x, y, width, height float64, fill string) {
	if width > 0 && height > 0 {
		p.add(`<path d="M%s %sh%sv%sh-%sz" fill="%s"/>`, n(x), n(y), n(width), n(height), n(width), fill)
	}
}

// Circle fills a circle.
func (p *Picture) Circle(x, y, radius float64, fill string) {
	p.add(`<circle cx="%s" cy="%s" r="%s" fill="%s"/>`, n(x), n(y), n(radius), fill)
}

// Path fills the inside of a path in SVG's notation, which is moved and scaled.
func (p *Picture) Path(x, y, scale float64, d, fill string) {
	by := strconv.FormatFloat(scale, 'f', -1, 64)
	p.add(`<path transform="matrix(%s 0 0 %s %s %s)" d="%s" fill="%s"/>`, by, by, n(x), n(y), d, fill)
}

// Line draws a line through points: x and y by turns.
func (p *Picture) Line(s Stroke, points ...float64) {
	dashes := ""
	if s.Dashes > 0 {
		dashes = fmt.Sprintf(` stroke-dasharray="%s"`, n(s.Dashes))
	}
	p.add(`<path d="%s" fill="none" stroke="%s" stroke-width="%s" stroke-linejoin="round"%s/>`, through(points), s.Colour, n(s.Width), dashes)
}

// Area fills what lies within points: x and y by turns.
func (p *Picture) Area(fill string, points ...float64) {
	p.add(`<path d="%sz" fill="%s"/>`, through(points), fill)
}

// Shape fills what lies within rings of points, x and y by turns, by the rule nonzero, and draws their lines.
func (p *Picture) Shape(fill string, s Stroke, rings ...[]float64) {
	var d strings.Builder
	for _, points := range rings {
		d.WriteString(through(points) + "z")
	}
	p.add(`<path d="%s" fill="%s" stroke="%s" stroke-width="%s" stroke-linejoin="round"/>`, d.String(), fill, s.Colour, n(s.Width))
}

func through(points []float64) string {
	var b strings.Builder
	for i := 0; i+1 < len(points); i += 2 {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		b.WriteString(letter + n(points[i]) + " " + n(points[i+1]))
	}
	return b.String()
}

// Write writes a line of text.
func (p *Picture) Write(w Words) {
	if w.Text != "" {
		p.words = append(p.words, w)
	}
}

func (p *Picture) add(format string, values ...any) {
	p.shapes = append(p.shapes, fmt.Sprintf(format, values...))
}

// SVG is the picture as SVG 1.1, without styles: what it shows depends on nothing else but the
// reader's fonts.
func (p *Picture) SVG() []byte { return []byte(p.svg(p.words)) }

func (p *Picture) svg(words []Words) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" xml:lang="%s" role="img">`,
		n(p.Width), n(p.Height), n(p.Width), n(p.Height), html.EscapeString(p.Language))
	fmt.Fprintf(&b, "\n<title>%s</title>\n", html.EscapeString(printable(p.Title)))
	fmt.Fprintf(&b, `<path d="M0 0h%sv%sh-%sz" fill="%s"/>`+"\n", n(p.Width), n(p.Height), n(p.Width), p.Paper)
	for _, shape := range p.shapes {
		b.WriteString(shape + "\n")
	}
	for _, w := range words {
		weight, direction := "400", ""
		if w.Bold {
			weight = "700"
		}
		if w.RTL {
			direction = ` direction="rtl"`
		}
		fmt.Fprintf(&b, `<text x="%s" y="%s" font-family="%s" font-size="%s" font-weight="%s" fill="%s" text-anchor="%s"%s>%s</text>`+"\n",
			n(w.X), n(w.Y), families, n(w.Size), weight, w.Colour, w.Anchor, direction, html.EscapeString(printable(w.Text)))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// families are the fonts of the words in SVG, where the reader has one of them.
const families = "Source Sans 3, Open Sans, Segoe UI, Noto Sans, Noto Sans Arabic, Arial, sans-serif"

// printable leaves out what XML has no place for.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// n writes a number with two decimals at most.
func n(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64) }
