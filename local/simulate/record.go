package simulate

import (
	"time"

	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/election/rejection"
)

// Record is one record as it is sent, with its entry in the ledger. Exactly one of
// Vote, Registration and Reject is set. The entry has no position yet.
type Record struct {
	Topic string
	Key   []byte
	Value []byte        // nil for a tombstone
	At    time.Duration // when in the voting day, counted from its first moment

	Vote         *ledger.Vote
	Registration *ledger.Registration
	Reject       string // the reason
}

// EachRegistration yields the registrations that precede the vote.
func (s *Simulation) EachRegistration(yield func(*Record) bool) {
	w := writer{s: s}
	for i, held := range s.heldBack {
		if held {
			continue
		}
		if !yield(w.registration(s.electorate.person(i))) {
			return
		}
	}
}

// EachOfDay yields the records of the voting day in the order in which they
// are sent.
func (s *Simulation) EachOfDay(yield func(*Record) bool) {
	w := writer{s: s}
	for i := range s.timetable {
		e := &s.timetable[i]
		r := w.record(e)
		r.At = time.Duration(e.at) * time.Millisecond
		if !yield(r) {
			return
		}
	}
}

// writer makes records.
type writer struct {
	s    *Simulation
	slab []byte // records' values are cut from it
}

func (w *writer) record(e *event) *Record {
	switch e.kind {
	case firstVote, duplicateVote:
		return w.firstVote(int(e.who))
	case secondVote:
		return w.secondVote(e)
	case strangersVote:
		return w.strangersVote(e)
	case votesForUnknown:
		return w.voteForUnknown(e)
	case voteOutsideHours:
		return w.voteOutsideHours(e)
	case malformedVote:
		return w.malformedVote(e)
	case hugeVote:
		return w.hugeVote(e)
	case malformedVoter:
		return w.malformedVoter(e)
	case move:
		return w.registration(w.s.electorate.moved(w.s.electorate.person(int(e.who))))
	default: // lateRegistration, repeatedRegistration
		return w.registration(w.s.electorate.person(int(e.who)))
	}
}

func (w *writer) registration(p person) *Record {
	return &Record{
		Topic:        w.s.options.VotersTopic,
		Key:          w.key(voterID(p.number)),
		Value:        w.keep(w.s.electorate.appendVoter(w.take(), p)),
		Registration: w.s.electorate.registration(p),
	}
}

func (w *writer) key(id string) []byte {
	if !w.s.options.Keyed {
		return nil
	}
	return []byte(id)
}

// vote makes a valid vote's record.
func (w *writer) vote(b *ballot) *Record {
	o := &w.s.options
	r := &w.s.electorate.regions[b.region]
	c := &w.s.electorate.candidates[b.candidate]
	station := r.stations[b.station]
	voter := voterID(b.voter)
	if b.stranger {
		voter = strangerID(b.voter)
	}
	vote := &ledger.Vote{
		VoterID: voter, VoteID: b.id(), Candidate: c.id, Station: station, VotedAt: b.at.UnixMicro(),
	}
	image := c.image
	switch {
	case b.form.reversed:
		image = strangeImage // which no election takes
	case w.s.electorate.takesImages:
		vote.Image = image
	}
	return &Record{
		Topic: o.VotesTopic,
		Key:   w.key(voter),
		Value: w.keep(appendVote(w.take(), vote, c.name(b), image, b.at, b.form)),
		Vote:  vote,
	}
}

// ballot is the content of a vote's record.
type ballot struct {
	voter     int
	stranger  bool
	number    uint64 // makes the vote's id
	region    int
	candidate int
	station   int
	at        time.Time
	form      form // how the record is written
}

func (w *writer) firstVote(voter int) *Record { return w.vote(w.s.ballot(voter)) }

// ballot is a voter's first vote.
func (s *Simulation) ballot(voter int) *ballot {
	p := s.electorate.person(voter)
	d := drawsFrom(s.options.Seed, 'v', uint64(voter))
	at := s.electorate.regions[p.region].votedAt(&d)
	return &ballot{
		voter: voter, region: p.region, at: at,
		candidate: s.electorate.choices[p.region][band(max(p.age, 18))].draw(&d),
		station:   p.county*stationsEach + d.below(stationsEach),
		number:    d.next(), form: s.form(&d),
	}
}

func (w *writer) secondVote(e *event) *Record {
	d := w.s.draws(secondVote, int(e.serial)+1<<32)
	b := w.s.ballot(int(e.who))
	b.candidate = d.below(len(w.s.electorate.candidates))
	b.number = d.next()
	b.at = w.s.within(b.region, b.at.Add(time.Duration(w.s.span(&d, time.Second, 3*time.Hour))*time.Millisecond))
	return w.vote(b)
}

// within moves a moment into the hours of a region's polls.
func (s *Simulation) within(r int, t time.Time) time.Time {
	g := &s.electorate.regions[r]
	if last := g.opens.Add(g.hours - time.Millisecond); t.After(last) {
		return last
	}
	return t
}

func (w *writer) strangersVote(e *event) *Record {
	d := w.s.draws(strangersVote, int(e.serial)+1<<32)
	r := w.s.electorate.sizes.draw(&d)
	g := &w.s.electorate.regions[r]
	return w.vote(&ballot{
		voter: int(e.who), stranger: true, number: d.next(), region: r, at: g.votedAt(&d),
		candidate: d.below(len(w.s.electorate.candidates)), station: d.below(len(g.stations)), form: w.s.form(&d),
	})
}

// A vote for someone else is rejected, unless the ballot is open: then it
// counts like any other.
func (w *writer) voteForUnknown(e *event) *Record {
	b := w.s.ballot(int(e.who))
	b.number++
	r := w.vote(b)
	name := strangers[int(e.serial)%len(strangers)]
	vote := *r.Vote
	vote.Candidate, vote.Image = name, ""
	r.Value = w.keep(appendVote(w.take(), &vote, name, "", b.at, b.form))
	if el := w.s.options.Election; el == nil || el.Open() {
		r.Vote = &vote
	} else {
		r.Vote, r.Reject = nil, rejection.UnknownCandidate
	}
	return r
}

var strangers = []string{"Nobody At All", "A. Lincoln", "The Cat Next Door", "Mickey Mouse", "Écrit à la main"}

func (w *writer) voteOutsideHours(e *event) *Record {
	d := w.s.draws(voteOutsideHours, int(e.serial)+1<<32)
	el := w.s.options.Election
	b := w.s.ballot(int(e.who))
	b.number++
	away := time.Duration(d.below(3*3600)) * time.Second
	b.at = el.Closes.Add(away)
	if d.chance(0.5) {
		b.at = el.Opens.Add(-away - time.Second)
	}
	r := w.vote(b)
	r.Vote, r.Reject = nil, rejection.OutsideVotingHours
	return r
}

// take returns the free rest of the slab for a record's value; keep marks as much
// of it as used.
func (w *writer) take() []byte {
	const size, room = 256 << 10, 2 << 10
	if cap(w.slab)-len(w.slab) < room {
		w.slab = make([]byte, 0, size)
	}
	return w.slab[len(w.slab):]
}

func (w *writer) keep(value []byte) []byte {
	if room := w.slab[len(w.slab):cap(w.slab)]; len(value) <= len(room) && len(value) > 0 && &room[0] == &value[0] {
		w.slab = w.slab[:len(w.slab)+len(value)]
	}
	return value[:len(value):len(value)]
}
