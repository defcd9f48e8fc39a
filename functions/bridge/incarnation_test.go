package bridge

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestBeginning(t *testing.T) {
	at := func(next, follows int64, epoch int32) mark { return mark{next: next, follows: follows, epoch: epoch} }
	of := func(m mark, topicID string) *commit { return &commit{mark: m, topicID: topicID} }
	fresh := at(0, -1, -1)
	tests := []struct {
		name    string
		commit  *commit
		log     extent // stable is of no interest
		answer  epochEnd
		want    mark
		lost    int64
		warning string
	}{
		{"never read", nil, extent{0, 0, 100}, epochEnd{}, fresh, -1, ""},
		{"never read, beginning deleted", nil, extent{40, 0, 100}, epochEnd{}, at(40, -1, -1), -1, ""},
		{"continued", of(at(70, 69, 3), "id"), extent{40, 0, 100}, epochEnd{true, 3, 100}, at(70, 69, 3), -1, ""},
		{"continued in another epoch", of(at(70, 69, 3), "id"), extent{40, 0, 100}, epochEnd{true, 3, 70}, at(70, 69, 3), -1, ""},
		{"continued behind a marker", of(at(70, 66, 3), "id"), extent{40, 0, 100}, epochEnd{true, 3, 100}, at(70, 66, 3), -1, ""},
		{"at the end", of(at(100, 99, 3), "id"), extent{40, 0, 100}, epochEnd{true, 3, 100}, at(100, 99, 3), -1, ""},
		{"of an older program", of(at(70, 69, -1), ""), extent{40, 0, 100}, epochEnd{}, at(70, 69, -1), -1, ""},
		{"deleted before it was read", of(at(30, 29, 3), "id"), extent{40, 0, 100}, epochEnd{true, 3, 100}, at(40, 29, -1), -1, "offsets 30 to 39 were deleted"},
		{"an epoch that was deleted", of(at(30, 29, 3), "id"), extent{40, 0, 100}, epochEnd{true, 3, 40}, at(40, 29, -1), -1, "offsets 30 to 39 were deleted"},
		{"the answer of a log without records", of(at(70, 69, 3), "id"), extent{70, 0, 70}, epochEnd{true, 4, 0}, at(70, 69, 3), -1, ""},
		{"log lost its end", of(at(70, 69, 3), "id"), extent{40, 0, 60}, epochEnd{true, 3, 60}, at(60, -1, 3), 60, "offsets 60 to 69 were read, and leader epoch 3 ends at 60"},
		{"and has another", of(at(70, 69, 3), "id"), extent{40, 0, 100}, epochEnd{true, 2, 60}, at(60, -1, 2), 60, "offsets 60 to 69 were read"},
		{"log lost everything", of(at(70, 69, 3), "id"), extent{0, 0, 0}, epochEnd{true, 3, 0}, at(0, -1, 3), 0, "offsets 0 to 69 were read"},
		{"lost its end, and nobody knows the epoch", of(at(101, 100, -1), "id"), extent{40, 0, 100}, epochEnd{}, at(40, -1, -1), 40, "offset 101 is committed, but the log ends at 100"},
		{"the new leader has yet to tell its followers", of(at(101, 100, 3), "id"), extent{40, 0, 100}, epochEnd{true, 3, 101}, at(101, 100, 3), -1, ""},
		{"an epoch without records", of(at(70, 69, 3), "id"), extent{40, 0, 100}, epochEnd{true, -1, -1}, at(70, 69, 3), -1, ""},
		{"topic made anew", of(at(70, 69, 3), "other"), extent{0, 0, 100}, epochEnd{}, fresh, -1, "made anew"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c commit
			if tt.commit != nil {
				c = *tt.commit
			}
			p := &partition{topicID: "id", leaderEpoch: 5, lost: -1}
			got, warning, err := beginning(c, tt.commit != nil, p, tt.log, tt.answer)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "beginning", tt.want, got)
			if p.lost != tt.lost {
				t.Errorf("lost from %d on, want %d", p.lost, tt.lost)
			}
			if (warning != "") != (tt.warning != "") || !strings.Contains(warning, tt.warning) {
				t.Errorf("warning %q, want %q", warning, tt.warning)
			}
		})
	}
}

// A broker that was away doesn't know the epoch in which others went on. Its log
// is shorter, and nothing is lost.
func TestBeginningAtAStaleBroker(t *testing.T) {
	for _, tt := range []struct {
		leaderEpoch int32 // as the metadata have it
		end         int64
	}{{5, 100}, {6, 60}, {7, 60}} {
		p := &partition{topicID: "id", leaderEpoch: tt.leaderEpoch, lost: -1}
		c := commit{mark: mark{next: 70, follows: 69, epoch: 7}, topicID: "id"}
		_, warning, err := beginning(c, true, p, extent{0, tt.end, tt.end}, epochEnd{true, -1, -1})
		if err == nil || !strings.Contains(err.Error(), "offset 70 is committed in leader epoch 7, of which the broker that leads it knows nothing") || warning != "" || p.lost >= 0 {
			t.Errorf("%+v: %v, %q, lost from %d on", tt, err, warning, p.lost)
		}
	}
}

// Offsets that come again belong to another incarnation, for as long as the
// log has them; its epochs rise whatever the broker's do.
func TestHistory(t *testing.T) {
	var h history
	same(t, "no loss", "id", h.id("id", 70))
	h = h.add(60, 4)
	same(t, "below a loss", "id", h.id("id", 59))
	same(t, "behind a loss", "id/4", h.id("id", 60))
	h = h.add(80, 9)
	same(t, "between two", "id/4", h.id("id", 79))
	same(t, "behind two", "id/9", h.id("id", 80))
	h = h.add(70, 2)
	if diff := cmp.Diff(history{{60, 4}, {70, 10}}, h, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("after a loss of the last incarnation (-want +got):\n%s", diff)
	}
	h = h.add(0, 11)
	same(t, "everything lost", history{{0, 11}}, h)
}
