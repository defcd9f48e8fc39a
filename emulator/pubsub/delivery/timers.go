package delivery

import "container/heap"

// timers is a heap of deliveries by due time.
type timers []*delivery

var _ heap.Interface = (*timers)(nil)

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].due.Before(t[j].due) }
func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].index, t[j].index = i, j
}

func (t *timers) Push(x any) {
	d := x.(*delivery)
	d.index = len(*t)
	*t = append(*t, d)
}

func (t *timers) Pop() any {
	old := *t
	d := old[len(old)-1]
	old[len(old)-1] = nil
	*t = old[:len(old)-1]
	d.index = -1
	return d
}
