package plot

import (
	"slices"
	"testing"
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
		if got := Apart(slices.Clone(tc.at), 26, 200); !slices.Equal(got, tc.want) {
			t.Errorf("labels at %v go to %v, want %v", tc.at, got, tc.want)
		}
	}
}
