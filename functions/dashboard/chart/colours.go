package chart

import (
	"fmt"
	"math"
)

// Themes are those of the page.
var Themes = []string{"light", "dark"}

// colours are those of a theme: web/css/base.css has the same.
type colours struct{ paper, ink, quiet, line, strong, track, meter string }

var themes = map[string]colours{
	"light": {"#fbfaf7", "#17191b", "#4b5157", "#dcdad3", "#8a8f94", "#eae8e1", "#6d747c"},
	"dark":  {"#121416", "#eeede9", "#b4bac1", "#2f3439", "#737a82", "#25292d", "#8d959d"},
}

// leastContrast is that of a mark beside the paper, as WCAG 2 has it of graphics.
const leastContrast = 3

// shown is a candidate's colour as a mark: at a lightness that shows beside the paper.
func (c colours) shown(colour string) string {
	for part := 0.0; part < 1; part += 0.05 {
		if mixed := mix(colour, c.ink, part); contrast(mixed, c.paper) >= leastContrast {
			return mixed
		}
	}
	return c.ink
}

// strengths are how much of a candidate's colour a tile has, by the strength of the lead.
var strengths = []float64{0, 0.25, 0.45, 0.65, 0.9}

// readable is what can be read best on a colour: ink or paper.
func (c colours) readable(on string) string {
	if contrast(c.ink, on) >= contrast(c.paper, on) {
		return c.ink
	}
	return c.paper
}

// mix is a colour with a part of another.
func mix(a, b string, part float64) string {
	x, y := channels(a), channels(b)
	var m [3]int
	for i := range m {
		m[i] = int(math.Round(float64(x[i]) + part*float64(int(y[i])-int(x[i]))))
	}
	return fmt.Sprintf("#%02x%02x%02x", m[0], m[1], m[2])
}

// channels are red, green and blue of #rrggbb; black of what isn't one.
func channels(colour string) (rgb [3]uint8) {
	_, _ = fmt.Sscanf(colour, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2])
	return rgb
}

// contrast is that of two colours as WCAG 2 has it: 1 to 21.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(colour string) float64 {
	sum := 0.0
	for i, c := range channels(colour) {
		v := float64(c) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += v * []float64{0.2126, 0.7152, 0.0722}[i]
	}
	return sum
}
