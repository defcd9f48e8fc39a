package delivery

import "time"

// transformBackoff is how long a message waits at least after it couldn't be transformed:
// it would fail again at once.
const transformBackoff = time.Second

// transform puts what consumers get into leases. Messages that are dropped are
// acknowledged, and those that can't be transformed are refused.
func (q *Queue) transform(leases []Lease) []Lease {
	q.mu.Lock()
	apply := q.config.Transform
	q.mu.Unlock()
	if apply == nil {
		return leases
	}
	kept := leases[:0]
	for _, l := range leases {
		m, err := apply(l.Message)
		switch {
		case err != nil:
			q.refuse(l.AckID, transformBackoff)
		case m == nil:
			q.Acknowledge(l.AckID)
		default:
			l.Message = m
			kept = append(kept, l)
		}
	}
	return kept
}

// refuse fails the attempt of a lease. The next one is after wait at the earliest.
func (q *Queue) refuse(id string, wait time.Duration) {
	q.mu.Lock()
	defer q.unlock()
	d, ok := q.byAck[id]
	if !ok || d.state != leased {
		return
	}
	delete(q.byAck, id)
	now := time.Now()
	q.fail(d, now)
	if d.state == ready || d.state == delayed && d.due.Sub(now) < wait {
		d.state = delayed
		q.schedule(d, now, wait)
	}
}
