package results

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPaint(t *testing.T) {
	list := []Candidate{{ID: "a"}, {ID: "b", Colour: "#0072B2"}, {ID: "c"}, {ID: "d"}, {ID: "e"}, {ID: "f"}, {ID: "g"}, {ID: "h"}}
	for i := range len(Palette) {
		list = append(list, Candidate{ID: fmt.Sprint(i)})
	}
	paint(list)
	var got []string
	grey := 0
	for _, c := range list {
		if got = append(got, c.Colour); c.Colour == OtherColour {
			grey++
		}
	}
	want := []string{"#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#332288"}
	if grey != 8 { // one of the palette is taken by the election
		t.Errorf("%d candidates have no colour of their own, want 8", grey)
	}
	if diff := cmp.Diff(want, got[:8]); diff != "" {
		t.Errorf("colours (-want +got):\n%s", diff)
	}
}
