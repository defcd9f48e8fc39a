package chart

import (
	"slices"
	"testing"
	"time"

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

func TestGrown(t *testing.T) {
	hour := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
	watermark := hour.Add(150 * time.Minute)
	list := grown([]results.Hour{
		{Hour: hour},
		{Hour: hour.Add(time.Hour), By: map[string]int64{"a": 30, "b": 10}},
		{Hour: hour.Add(2 * time.Hour), By: map[string]int64{"b": 40}},
	}, &watermark)
	if len(list) != 2 || list[0].shares["a"] != 0.75 || list[1].shares["b"] != 0.625 || !list[0].at.Equal(hour.Add(2*time.Hour)) || !list[1].at.Equal(watermark) {
		t.Errorf("%+v", list)
	}
	minutes := filled([]results.Minute{{Minute: hour, Votes: 3, Complete: true}, {Minute: hour.Add(3 * time.Minute), Votes: 1}})
	if len(minutes) != 4 || minutes[2].Votes != 0 || !minutes[2].Complete || minutes[3].Complete {
		t.Errorf("%+v", minutes)
	}
}
