package dashboard

import (
	"math"
	"strconv"
	"strings"
)

// palette is Okabe and Ito's, which stays apart for readers with any kind of
// colour vision, without its black.
var palette = []string{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442"}

// otherColour is that of candidates beyond the palette: a grey that shows on
// white and on black. They are told apart by their names.
const otherColour = "#808080"

// paint gives a colour to every candidate that has none, in the order given,
// leaving out the colours that the election file uses.
func paint(list []Candidate) {
	used := map[string]bool{}
	for _, c := range list {
		used[c.Colour] = true
	}
	free := make([]string, 0, len(palette))
	for _, colour := range palette {
		if !used[colour] {
			free = append(free, colour)
		}
	}
	for i := range list {
		switch {
		case list[i].Colour != "":
		case len(free) > 0:
			list[i].Colour, free = free[0], free[1:]
		default:
			list[i].Colour = otherColour
		}
	}
}

// luminance is the relative luminance of #RRGGBB as WCAG 2 defines it, from 0
// to 1.
func luminance(colour string) float64 {
	rgb, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 24)
	if err != nil {
		return 0
	}
	linear := func(c uint64) float64 {
		v := float64(c) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8&0xff) + 0.0722*linear(rgb&0xff)
}
