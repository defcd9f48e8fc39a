package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Simulation is a planned election. It gives the same records each time.
type Simulation struct {
	options    Options
	electorate *electorate
	timetable  []event
	heldBack   []bool // by voter: isn't registered before the vote
	begins     time.Time
	ends       time.Time
}

// event is one record of the voting day.
type event struct {
	at     uint32 // when it is sent, in milliseconds of event time after begins
	serial uint32 // tells events of one kind apart
	who    uint32 // number of a voter or of a stranger
	kind   kind
}

type kind uint8

const (
	firstVote kind = iota
	duplicateVote
	secondVote
	strangersVote
	votesForUnknown
	voteOutsideHours
	malformedVote
	hugeVote
	lateRegistration
	move
	repeatedRegistration
	malformedVoter
)

// New plans a simulation. Its error names all invalid options.
func New(o Options) (*Simulation, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("options of the simulation: %w", err)
	}
	s := &Simulation{options: o, electorate: newElectorate(&o), heldBack: make([]bool, o.Voters)}
	for i, r := range s.electorate.regions {
		if closes := r.opens.Add(r.hours); i == 0 || closes.After(s.ends) {
			s.ends = closes
		}
		if i == 0 || r.opens.Before(s.begins) {
			s.begins = r.opens
		}
	}
	s.timetable = s.plan()
	slices.SortFunc(s.timetable, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind),
			cmp.Compare(a.who, b.who), cmp.Compare(a.serial, b.serial))
	})
	return s, nil
}

// Ends is when the last polls close.
func (s *Simulation) Ends() time.Time { return s.ends }

// Options returns what the simulation was made of.
func (s *Simulation) Options() Options { return s.options }

// Registrations is the number of records sent before the vote (after it, with
// VotersLast), and Day the number of those of the voting day.
func (s *Simulation) Registrations() int {
	n := s.options.Voters
	for _, held := range s.heldBack {
		if held {
			n--
		}
	}
	return n
}

// Day is the number of records of the voting day: the votes, and registrations
// that come late or change.
func (s *Simulation) Day() int { return len(s.timetable) }

// plan draws the records of the voting day, in order of time.
func (s *Simulation) plan() []event {
	o := &s.options
	turnout := s.turnout(o.firstVotes())
	events := make([]event, 0, o.Votes+o.Voters/16)
	for i, voter := range turnout {
		d := s.draws(firstVote, i)
		at := s.after(s.votedAt(voter))
		if d.chance(o.LateVotes) {
			at += s.span(&d, 30*time.Minute, 8*time.Hour)
		}
		events = append(events, event{at: at, who: voter, kind: firstVote})
	}
	add := func(k kind, n int, make func(d *draws, i int) event) {
		for i := range n {
			d := s.draws(k, i)
			e := make(&d, i)
			e.kind, e.serial = k, uint32(i)
			events = append(events, e)
		}
	}
	sometime := func(d *draws, _ int) event {
		return event{at: s.sometime(d), who: uint32(d.below(o.Voters))}
	}
	// afterVoting draws a voter who has voted, and a time after that vote. If nobody
	// votes, it draws any voter.
	afterVoting := func(most time.Duration) func(*draws, int) event {
		return func(d *draws, i int) event {
			if len(turnout) == 0 {
				return sometime(d, i)
			}
			e := events[d.below(len(turnout))]
			return event{at: e.at + s.span(d, 0, most), who: e.who}
		}
	}
	add(duplicateVote, of(o.Duplicates, o.Votes), afterVoting(20*time.Minute))
	add(secondVote, of(o.SecondVotes, o.Votes), afterVoting(5*time.Hour))
	add(strangersVote, of(o.UnknownVoters, o.Votes), func(d *draws, i int) event {
		return event{at: s.sometime(d), who: uint32(i)}
	})
	add(votesForUnknown, of(o.UnknownCandidates, o.Votes), sometime)
	add(voteOutsideHours, of(o.outsideHours(), o.Votes), sometime)
	add(malformedVote, of(o.Malformed, o.Votes), sometime)
	add(hugeVote, o.Huge, sometime)
	add(malformedVoter, of(o.Malformed, o.Voters), sometime)
	add(repeatedRegistration, of(o.Repeated, o.Voters), sometime)
	add(move, of(o.Moved, o.Voters), sometime)
	add(lateRegistration, min(of(o.LateVoters, o.Voters), len(turnout)), func(d *draws, i int) event {
		// Spread over the list, so that each voter comes once.
		e := events[i*len(turnout)/min(of(o.LateVoters, o.Voters), len(turnout))]
		s.heldBack[e.who] = true
		return event{at: e.at + s.span(d, 0, 3*time.Hour), who: e.who}
	})
	return events
}

// turnout chooses the n voters who vote, in order of their numbers.
func (s *Simulation) turnout(n int) []uint32 {
	type keen struct {
		value float64
		voter uint32
	}
	all := make([]keen, s.options.Voters)
	for i := range all {
		all[i] = keen{s.electorate.keenness(s.electorate.person(i)), uint32(i)}
	}
	if n < len(all) {
		slices.SortFunc(all, func(a, b keen) int {
			return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.voter, b.voter))
		})
	}
	voters := make([]uint32, n)
	for i := range voters {
		voters[i] = all[i].voter
	}
	slices.Sort(voters)
	return voters
}

// span draws a length of time as it would be on the built-in election's day, in
// milliseconds, shortened or stretched to the day that this one has.
func (s *Simulation) span(d *draws, least, most time.Duration) uint32 {
	const usual = (lastClose - firstOpen) * time.Hour
	length := float64(least) + d.unit()*float64(most-least)
	return uint32(length / float64(usual) * float64(s.ends.Sub(s.begins).Milliseconds()))
}

func (s *Simulation) draws(k kind, i int) draws {
	return drawsFrom(s.options.Seed, 'e', uint64(k), uint64(i))
}

// votedAt is when a voter casts the first vote.
func (s *Simulation) votedAt(voter uint32) time.Time {
	d := drawsFrom(s.options.Seed, 'v', uint64(voter))
	return s.electorate.regions[s.electorate.person(int(voter)).region].votedAt(&d)
}

// sometime is a moment of the day at which people vote somewhere.
func (s *Simulation) sometime(d *draws) uint32 {
	r := &s.electorate.regions[s.electorate.sizes.draw(d)]
	return s.after(r.votedAt(d))
}

func (s *Simulation) after(t time.Time) uint32 { return uint32(t.Sub(s.begins).Milliseconds()) }
