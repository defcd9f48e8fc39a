package results

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPaint(t *testing.T) {
	list := []Candidate{{ID: "a"}, {ID: "b", Colour: "#0072B2"}, {ID: "c"}, {ID: "d"}, {ID: "e"}, {ID: "f"}, {ID: "g"}, {ID: "h"}, {ID: "i"}}
	paint(list)
	var got []string
	for _, c := range list {
		got = append(got, c.Colour)
	}
	want := []string{"#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", OtherColour, OtherColour}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("colours (-want +got):\n%s", diff)
	}
}
