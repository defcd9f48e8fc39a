package chart

import (
	"slices"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// A candidate's colour shows beside the paper, and is left alone where it does.
func TestColoursShow(t *testing.T) {
	for name, theme := range themes {
		for _, colour := range append(slices.Clone(results.Palette), "#000000", "#ffffff", theme.paper) {
			got := theme.shown(colour)
			if contrast(got, theme.paper) < leastContrast {
				t.Errorf("%s on %s is %s, whose contrast is %.1f", colour, name, got, contrast(got, theme.paper))
			}
			if contrast(colour, theme.paper) >= leastContrast && channels(got) != channels(colour) {
				t.Errorf("%s on %s is %s, though it shows", colour, name, got)
			}
			if on := mix(theme.paper, colour, 0.5); contrast(theme.readable(on), on) < 3.9 {
				t.Errorf("%s on %s can't be read: %.1f", theme.readable(on), on, contrast(theme.readable(on), on))
			}
		}
	}
}
