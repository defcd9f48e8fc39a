package delivery

import "testing"

func TestFIFO(t *testing.T) {
	var f fifo[int]
	next := 0
	for i := range 10_000 {
		f.push(i)
		if i%3 == 0 {
			continue
		}
		if got := f.pop(); got != next {
			t.Fatalf("popped %d, want %d", got, next)
		}
		next++
	}
	if got := f.len(); got != 10_000-next {
		t.Errorf("len %d, want %d", got, 10_000-next)
	}
	for f.len() > 0 {
		if got := f.pop(); got != next {
			t.Fatalf("popped %d, want %d", got, next)
		}
		next++
	}
}
