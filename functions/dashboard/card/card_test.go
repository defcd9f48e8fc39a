package card

import (
	"fmt"
	"image/png"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// TestDraw draws a card and looks for the leader's colour at the beginning of the bar, and for
// ink in the headline. CARD names a file to look at it.
func TestDraw(t *testing.T) {
	e := sample.Election(t)
	e.Candidates[1].Name = "大卫" // the font has no such letters
	rules := results.Rules{Election: e, Topics: snapshot.Topics{Votes: "votes", Voters: "voters"}, FinalAfter: 5 * time.Minute, DelayedAfter: 2 * time.Minute}
	for name, s := range map[string]*snapshot.Snapshot{"empty": {}, "small": sample.Small()} {
		figures := rules.Publish(s, sample.At("2026-11-03T14:05:30Z"))
		leader := figures.Candidates[0].Colour
		d, err := Draw(figures)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		d.Serve(w, httptest.NewRequest("GET", "/card.png", nil))
		if file := os.Getenv("CARD"); file != "" && name == "small" {
			if err := os.WriteFile(file, w.Body.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		picture, err := png.Decode(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if b := picture.Bounds(); b.Dx() != width || b.Dy() != height {
			t.Errorf("%s: %v", name, b)
		}
		dark := 0
		for y := 100; y < 240; y++ {
			for x := edge; x < width-edge; x++ {
				if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x4000 {
					dark++
				}
			}
		}
		if dark < 2000 {
			t.Errorf("%s: %d dark points where the headline should be", name, dark)
		}
		r, g, b, _ := picture.At(edge+10, barTop+10).RGBA()
		if got := fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8); name == "small" && got != leader {
			t.Errorf("the bar begins with %s, want the leader's %s", got, leader)
		}
	}
}
