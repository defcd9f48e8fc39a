package push

import "testing"

func TestWindow(t *testing.T) {
	w := newWindow(100)
	observe := func(n int, ok bool) int {
		size := 0
		for range n {
			size = w.observe(ok)
		}
		return size
	}
	for _, step := range []struct {
		n    int
		ok   bool
		want int
	}{
		{9, true, 10}, {1, true, 20}, {20, true, 40}, {40, true, 80}, {80, true, 100}, // doubles up to the limit
		{5, false, 100}, {95, true, 100}, // a few failures do nothing
		{100, false, 50}, {50, false, 25}, {25, false, 12}, {12, false, 10}, {10, false, 10}, // halves down to the least
		{10, true, 20},
	} {
		if got := observe(step.n, step.ok); got != step.want {
			t.Errorf("window after %d pushes with success %t: %d, want %d", step.n, step.ok, got, step.want)
		}
	}
	if size := newWindow(3).size; size != 3 {
		t.Errorf("window with a limit of 3 starts at %d", size)
	}
}
