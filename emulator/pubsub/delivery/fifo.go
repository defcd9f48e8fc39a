package delivery

// fifo is a first-in, first-out queue whose memory shrinks as it empties.
type fifo[T any] struct {
	items []T
	head  int
}

func (f *fifo[T]) len() int { return len(f.items) - f.head }

// first returns the oldest item; the fifo must not be empty.
func (f *fifo[T]) first() T { return f.items[f.head] }

func (f *fifo[T]) push(x T) { f.items = append(f.items, x) }

// pop removes the oldest item; the fifo must not be empty.
func (f *fifo[T]) pop() T {
	x := f.items[f.head]
	var zero T
	f.items[f.head] = zero
	f.head++
	switch {
	case f.head == len(f.items):
		f.items, f.head = nil, 0
	case f.head > 1024 && f.head > len(f.items)/2:
		f.items, f.head = append([]T(nil), f.items[f.head:]...), 0
	}
	return x
}
