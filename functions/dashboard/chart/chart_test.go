package chart

import (
	"slices"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/results"
)

func TestNiceStep(t *testing.T) {
	for _, tc := range []struct {
		least float64
		whole bool
		want  float64
	}{{0, true, 1}, {0.3, true, 1}, {1.1, true, 2}, {2.1, true, 5}, {21, true, 25}, {300, true, 500}, {600, true, 1000}, {0.08, false, 0.1}, {0.021, false, 0.025}} {
		if got := niceStep(tc.least, tc.whole); got != tc.want {
			t.Errorf("a step of %v or more is %v, want %v", tc.least, got, tc.want)
		}
	}
}

func TestLabelsLieApart(t *testing.T) {
	for _, tc := range []struct{ at, want []float64 }{
		{[]float64{10, 12, 100}, []float64{10, 36, 100}},
		{[]float64{10, 180, 199}, []float64{10, 174, 200}},
		{[]float64{190, 195, 199}, []float64{148, 174, 200}},
		{nil, nil},
	} {
		if got := apart(slices.Clone(tc.at), 26, 200); !slices.Equal(got, tc.want) {
			t.Errorf("labels at %v go to %v, want %v", tc.at, got, tc.want)
		}
	}
}

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
