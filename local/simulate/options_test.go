package simulate

import (
	"testing"
	"time"
)

func TestSurge(t *testing.T) {
	surge := Surge{Factor: 10, From: 10 * time.Second, To: 12 * time.Second}
	for _, tt := range []struct {
		surge Surge
		vote  int
		want  time.Duration
	}{
		{Surge{}, 0, 0},
		{Surge{}, 250, 2500 * time.Millisecond},
		{surge, 999, 9990 * time.Millisecond},
		{surge, 1000, 10 * time.Second},
		{surge, 2000, 11 * time.Second},
		{surge, 3000, 12 * time.Second},
		{surge, 3100, 13 * time.Second},
	} {
		if got := tt.surge.at(tt.vote, 100); got != tt.want {
			t.Errorf("vote %d at 100/s with %+v: %v, want %v", tt.vote, tt.surge, got, tt.want)
		}
	}
}
