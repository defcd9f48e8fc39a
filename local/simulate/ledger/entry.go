package ledger

import (
	"cmp"
	"sync"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// Position is the topic, partition, offset and timestamp that the broker gave a
// record.
type Position struct {
	kafka.Position
	Timestamp int64 // milliseconds since 1970, as the broker holds it
}

// At is the position of a record.
func At(p kafka.TopicPartition, offset, timestamp int64) Position {
	return Position{kafka.Position{TopicPartition: p, Offset: offset}, timestamp}
}

// Compare orders positions as the count does: by the broker's timestamp, then
// partition, offset and topic id.
func (p Position) Compare(q Position) int {
	return cmp.Or(
		cmp.Compare(p.Timestamp, q.Timestamp),
		cmp.Compare(p.Partition, q.Partition),
		cmp.Compare(p.Offset, q.Offset),
		cmp.Compare(p.TopicID, q.TopicID),
	)
}

// Vote is a record that is a valid vote. Whether it counts follows from the
// other entries.
type Vote struct {
	Position
	VoterID   string
	VoteID    string // empty for none
	Candidate string // id of the candidate; in an open ballot the name
	Image     string // empty for none
	Station   string // empty for none
	VotedAt   int64  // microseconds since 1970
}

// Registration is a record that is a valid registration of a voter.
type Registration struct {
	Position
	VoterID  string
	State    string
	AgeGroup string
	Gender   string
	County   string // empty for none
	Precinct string // empty for none
}

// Reject is a record that can't be counted.
type Reject struct {
	Position
	Reason string
}

// Candidate is a candidate on the ballot.
type Candidate struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Party string `json:"party,omitempty"`
	Image string `json:"image,omitempty"`
}

// Election is what the result depends on besides the records. The zero value is an
// open ballot: candidates and regions exist when a record names them, and the day of
// the election is that of the earliest counted vote.
type Election struct {
	ID         string      `json:"id"`
	Date       string      `json:"date,omitempty"` // 2006-01-02
	Candidates []Candidate `json:"candidates,omitempty"`
	Regions    []string    `json:"regions,omitempty"`
}

// Ledger is a list of entries. Its Add methods are safe for concurrent use; the
// others may be called when nothing is being added.
type Ledger struct {
	Election      Election
	Votes         []Vote
	Registrations []Registration
	Rejects       []Reject

	mu sync.Mutex
}

// AddVote enters a valid vote.
func (l *Ledger) AddVote(v Vote) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Votes = append(l.Votes, v)
}

// AddRegistration enters a valid registration.
func (l *Ledger) AddRegistration(r Registration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Registrations = append(l.Registrations, r)
}

// AddReject enters a record that can't be counted.
func (l *Ledger) AddReject(r Reject) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Rejects = append(l.Rejects, r)
}

// Records is the number of entries.
func (l *Ledger) Records() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.Votes) + len(l.Registrations) + len(l.Rejects)
}

// End is the offset after the last entry, by topic and partition.
func (l *Ledger) End() map[string]map[int32]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	end := map[string]map[int32]int64{}
	for p := range l.positions {
		if end[p.Topic] == nil {
			end[p.Topic] = map[int32]int64{}
		}
		end[p.Topic][p.Partition] = max(end[p.Topic][p.Partition], p.Offset+1)
	}
	return end
}

// positions ranges over the positions of all entries.
func (l *Ledger) positions(yield func(Position) bool) {
	for i := range l.Votes {
		if !yield(l.Votes[i].Position) {
			return
		}
	}
	for i := range l.Registrations {
		if !yield(l.Registrations[i].Position) {
			return
		}
	}
	for i := range l.Rejects {
		if !yield(l.Rejects[i].Position) {
			return
		}
	}
}

// broker time and event time of entries, in UTC.
func (p Position) time() time.Time { return time.UnixMilli(p.Timestamp).UTC() }
func (v *Vote) time() time.Time    { return time.UnixMicro(v.VotedAt).UTC() }

// A voterRecord is an entry of one voter: a registration, or a vote.
type voterRecord interface {
	at() Position
	voter() string
	time() time.Time
}

func (p Position) at() Position       { return p }
func (v *Vote) voter() string         { return v.VoterID }
func (r *Registration) voter() string { return r.VoterID }
