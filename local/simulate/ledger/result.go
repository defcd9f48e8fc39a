package ledger

import (
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// result is worked out from the entries.
type result struct {
	voters     map[string]*Registration // current registration by voter id
	ballots    map[string]*Vote         // the vote that counts, or is pending, by voter id
	duplicates []duplicate
	books      map[kafka.TopicPartition]*Book
}

// duplicate is a valid record that doesn't count, because another record of its
// voter does.
type duplicate struct {
	Position
	voterID string
	event   time.Time
}

// A Book is the books of a topic.
type Book struct {
	Records   int64            `json:"records"`
	Accepted  int64            `json:"accepted"`
	Duplicate int64            `json:"duplicate"`
	Rejected  int64            `json:"rejected"`
	Pending   int64            `json:"pending"`
	Gaps      int64            `json:"gaps"`
	Reasons   map[string]int64 `json:"reasons,omitempty"` // Rejected by reason

	first, last int64 // offsets
	clock
}

// clock is the watermark: the latest event time of a counted record. A record moves
// it no further than to the time at which it was sent.
type clock struct {
	watermark time.Time // zero where none counts
	ahead     int64     // votes whose event time is more than a minute after that
}

// advance enters a record that counts.
func (c *clock) advance(p Position, event time.Time) {
	if event.Sub(p.time()) > time.Minute {
		c.ahead++
	}
	if sent := p.time(); event.After(sent) {
		event = sent
	}
	if event.After(c.watermark) {
		c.watermark = event
	}
}

// resolve works out which records count.
func (l *Ledger) resolve() *result {
	r := &result{
		voters:  make(map[string]*Registration, len(l.Registrations)),
		ballots: make(map[string]*Vote, len(l.Votes)),
		books:   map[kafka.TopicPartition]*Book{},
	}
	// Of several registrations the latest is current.
	for i := range l.Registrations {
		keep(r, r.voters, &l.Registrations[i], func(order int) bool { return order > 0 })
	}
	// Of several votes the earliest counts.
	for i := range l.Votes {
		keep(r, r.ballots, &l.Votes[i], func(order int) bool { return order < 0 })
	}
	for _, reg := range r.voters {
		book := r.books[reg.TopicPartition]
		book.Accepted++
		book.advance(reg.Position, reg.time())
	}
	for voter, vote := range r.ballots {
		if _, registered := r.voters[voter]; registered {
			book := r.books[vote.TopicPartition]
			book.Accepted++
			book.advance(vote.Position, vote.time())
		} else {
			r.books[vote.TopicPartition].Pending++
		}
	}
	for _, reject := range l.Rejects {
		book := r.see(reject.Position)
		book.Rejected++
		book.Reasons[reject.Reason]++
	}
	for _, b := range r.books {
		b.Gaps = b.last - b.first + 1 - b.Records
	}
	return r
}

// see adds a record to its partition's book.
func (r *result) see(p Position) *Book {
	b := r.books[p.TopicPartition]
	if b == nil {
		b = &Book{first: p.Offset, last: p.Offset, Reasons: map[string]int64{}}
		r.books[p.TopicPartition] = b
	}
	b.Records++
	b.first, b.last = min(b.first, p.Offset), max(b.last, p.Offset)
	return b
}

// keep enters a record into its book, and into kept if it wins against the record there of
// the same voter. wins gets its order to that one. The loser is a duplicate.
func keep[T voterRecord](r *result, kept map[string]T, next T, wins func(order int) bool) {
	r.see(next.at())
	current, known := kept[next.voter()]
	switch {
	case !known:
		kept[next.voter()] = next
	case wins(next.at().Compare(current.at())):
		kept[next.voter()] = next
		r.duplicate(current)
	default:
		r.duplicate(next)
	}
}

func (r *result) duplicate(v voterRecord) {
	r.duplicates = append(r.duplicates, duplicate{v.at(), v.voter(), v.time()})
	r.books[v.at().TopicPartition].Duplicate++
}

// Books is the account of each topic.
func (l *Ledger) Books() map[string]Book {
	sums := map[string]Book{}
	for p, b := range l.resolve().books {
		s := sums[p.Topic]
		if s.Reasons == nil {
			s.Reasons = map[string]int64{}
		}
		s.Records += b.Records
		s.Accepted += b.Accepted
		s.Duplicate += b.Duplicate
		s.Rejected += b.Rejected
		s.Pending += b.Pending
		s.Gaps += b.Gaps
		for reason, n := range b.Reasons {
			s.Reasons[reason] += n
		}
		sums[p.Topic] = s
	}
	return sums
}

// counted calls f for every ballot whose voter is registered.
func (r *result) counted(f func(*Vote, *Registration)) {
	for voter, vote := range r.ballots {
		if reg, ok := r.voters[voter]; ok {
			f(vote, reg)
		}
	}
}

// Total is the number of votes of one candidate.
type Total struct {
	Candidate string `json:"candidate"`
	Votes     int64  `json:"votes"`
}

// Totals is the result of the election, the greatest number first.
func (l *Ledger) Totals() []Total {
	votes := map[string]int64{}
	l.resolve().counted(func(v *Vote, _ *Registration) { votes[v.Candidate]++ })
	return ranking(votes)
}
