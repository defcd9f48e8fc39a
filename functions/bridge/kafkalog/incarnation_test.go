package kafkalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Offsets that come again belong to another incarnation, for as long as the
// log has them; its epochs rise whatever the broker's do.
func TestHistory(t *testing.T) {
	var h History
	same(t, "no loss", "id", h.ID("id", 70))
	h = h.Add(60, 4)
	same(t, "below a loss", "id", h.ID("id", 59))
	same(t, "behind a loss", "id/4", h.ID("id", 60))
	h = h.Add(80, 9)
	same(t, "between two", "id/4", h.ID("id", 79))
	same(t, "behind two", "id/9", h.ID("id", 80))
	h = h.Add(70, 2)
	if diff := cmp.Diff(History{{From: 60, Epoch: 4}, {From: 70, Epoch: 10}}, h, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("after a loss of the last incarnation (-want +got):\n%s", diff)
	}
	h = h.Add(0, 11)
	same(t, "everything lost", History{{From: 0, Epoch: 11}}, h)
}
