// Package card draws the picture that social networks show of a page: the headline, and who
// has how much. A document goes in, a PNG comes out.
package card

import (
	"fmt"

	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/picture"
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

const (
	paper = "#fbfaf7"
	ink   = "#17191b"
	quiet = "#4b5157"
)

// Draw draws the card of some results. Its words are English, as those of the API are. The font
// has Latin, Greek and Cyrillic. A line in another script is left out, such as a candidate's
// name; the candidate's share still shows.
func Draw(r *results.Document) (*httpdoc.Document, error) {
	p := &picture.Picture{Width: width, Height: height, Language: text.English.Code, Title: r.Totals.Headline, Paper: paper}
	write := func(x, y, size float64, bold bool, colour, line string) {
		if picture.Writable(line) {
			p.Write(picture.Words{X: x, Y: y, Size: size, Bold: bold, Colour: colour, Anchor: picture.Start, Text: line})
		}
	}
	write(edge, 84, 30, false, quiet, r.Election.Name)
	for i, line := range picture.Lines(r.Totals.Headline, 58, true, width-2*edge, 2) {
		write(edge, 160+66*float64(i), 58, true, ink, line)
	}
	bar(p, r.Candidates)
	for i, c := range r.Candidates[:min(len(r.Candidates), mostNamed)] {
		x := edge + float64(i)*(width-2*edge)/mostNamed
		p.Rect(x, 398, 64, 10, c.Colour)
		if r.Totals.Shown > 0 {
			write(x, 456, 44, true, ink, text.English.Percent(c.Share))
		}
		write(x, 498, 26, false, quiet, picture.Cut(c.Name, 26, false, (width-2*edge)/mostNamed-16))
	}
	write(edge, height-44, 24, false, quiet, "Tallystream")
	body, err := p.PNG()
	if err != nil {
		return nil, fmt.Errorf("draw a card: %w", err)
	}
	return httpdoc.New("image/png", body), nil
}

// bar draws the candidates' shares beside one another.
func bar(p *picture.Picture, candidates []results.Candidate) {
	x := float64(edge)
	for _, c := range candidates {
		wide := c.Share * (width - 2*edge)
		p.Rect(x, barTop, wide-2, barHeight, c.Colour)
		x += wide
	}
}
