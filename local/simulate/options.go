package simulate

import (
	"errors"
	"fmt"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/shared/election"
)

// Options say what is simulated. The zero value isn't valid: begin with
// Defaults. Shares are of 1.
type Options struct {
	Seed   uint64
	Voters int // distinct voters that are registered
	Votes  int // records on the topic of votes, valid or not

	// Election is what the functions count by; nil for an open ballot, in
	// which every candidate is named exactly as the ballot of BuiltIn has it.
	Election *election.Election
	// Day of the vote, where Election has no voting hours.
	Day civil.Date

	// Of the votes:
	Duplicates        float64 // the same record, sent once more
	SecondVotes       float64 // another vote of someone who has voted
	UnknownVoters     float64 // votes of someone who never registers
	UnknownCandidates float64 // votes for someone who isn't on the ballot
	OutsideHours      float64 // votes cast before the polls open or after they close
	Malformed         float64 // records that can't be read; of the voters as well
	LateVotes         float64 // votes that are sent hours after they were cast
	// Of the voters:
	LateVoters float64 // registered only after they have voted
	Moved      float64 // registered again during the day, in another region or county
	Repeated   float64 // the same registration, sent once more

	Huge      int // votes whose record is larger than a Pub/Sub message may be
	HugeBytes int // how large

	Rate  float64       // votes per second; 0 as fast as the broker takes them
	Surge Surge         // of Rate
	DayIn time.Duration // the voting day in this time, so that it comes in waves; instead of Rate

	VotersTopic, VotesTopic string
	Partitions              int32 // of topics that don't exist yet
	Keyed                   bool  // records have the voter's id as their key
	VotersLast              bool  // all voters are registered only after the vote
	Plain                   bool  // records have one form: names as the election has them, times as naive ISO 8601, nothing around the object
}

// A Surge is a time in which Factor times as many votes a second come.
type Surge struct {
	Factor   float64       // 0 for none
	From, To time.Duration // since the first vote
}

// at returns when the i-th vote is sent, at a rate with a surge in it.
func (s Surge) at(i int, rate float64) time.Duration {
	steady := func(votes float64) time.Duration { return time.Duration(votes / rate * float64(time.Second)) }
	before := rate * s.From.Seconds()
	within := rate * s.Factor * (s.To - s.From).Seconds()
	switch n := float64(i); {
	case s.Factor == 0 || n < before:
		return steady(n)
	case n < before+within:
		return s.From + steady((n-before)/s.Factor)
	default:
		return s.To + steady(n-before-within)
	}
}

// Defaults are the options of a clean election of moderate size on a day.
func Defaults(day civil.Date) Options {
	return Options{
		Seed: 1, Voters: 20_000, Votes: 12_000, Day: day,
		HugeBytes:   11 << 20, // Pub/Sub takes 10 MB
		VotersTopic: "voters", VotesTopic: "votes", Partitions: 4,
	}
}

// WithEverything returns the options with some of every irregularity.
func (o Options) WithEverything() Options {
	o.Duplicates = 0.02
	o.SecondVotes = 0.01
	o.UnknownVoters = 0.005
	o.UnknownCandidates = 0.005
	o.OutsideHours = 0.003
	o.Malformed = 0.01
	o.LateVotes = 0.02
	o.LateVoters = 0.02
	o.Moved = 0.01
	o.Repeated = 0.01
	o.Huge = 1
	return o
}

// Validate returns every problem at once.
func (o *Options) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if o.Voters < 1 || o.Voters > maxVoters {
		bad("%d voters: want 1 to %d", o.Voters, maxVoters)
	}
	if o.Votes < 0 || o.Votes > maxVotes {
		bad("%d votes: want 0 to %d", o.Votes, maxVotes)
	}
	for _, s := range o.shares() {
		if !(*s.value >= 0 && *s.value <= 1) {
			bad("a share of %v %s: want 0 to 1", *s.value, s.name)
		}
	}
	if o.Huge < 0 || o.Huge > max(o.Votes, 0) {
		bad("%d huge records: want 0 to the number of votes, %d", o.Huge, o.Votes)
	}
	if o.HugeBytes < 1<<10 || o.HugeBytes > 64<<20 {
		bad("huge records of %d bytes: want 1 KiB to 64 MiB", o.HugeBytes)
	}
	if o.Rate < 0 {
		bad("%v votes per second: want 0 (as fast as possible) or more", o.Rate)
	}
	if o.DayIn < 0 {
		bad("a day in %v: want 0 (not paced) or more", o.DayIn)
	}
	if o.Rate > 0 && o.DayIn > 0 {
		bad("both a rate and the length of the day are given: keep one")
	}
	if o.VotersTopic == "" || o.VotesTopic == "" || o.VotersTopic == o.VotesTopic {
		bad("topics %q for voters and %q for votes: want two different names", o.VotersTopic, o.VotesTopic)
	}
	if o.Partitions < 1 {
		bad("%d partitions: want 1 or more", o.Partitions)
	}
	if !o.Day.IsValid() && (o.Election == nil || !o.Election.HasHours()) {
		bad("day %v isn't a day", o.Day)
	}
	if len(errs) == 0 {
		if n := o.firstVotes(); n < 0 {
			bad("the shares of the votes add up to more than 1")
		} else if n > o.Voters {
			bad("%d votes by different voters need as many voters, not %d: make up more voters, or fewer votes", n, o.Voters)
		}
	}
	return errors.Join(errs...)
}

// A voter's number fits its id, and a plan fits the memory of a small machine.
const (
	maxVoters = 50_000_000
	maxVotes  = 100_000_000
)

type share struct {
	name  string
	value *float64
}

func (o *Options) shares() []share {
	return []share{
		{"duplicates", &o.Duplicates}, {"second votes", &o.SecondVotes}, {"unknown voters", &o.UnknownVoters},
		{"unknown candidates", &o.UnknownCandidates}, {"votes outside the hours", &o.OutsideHours},
		{"malformed records", &o.Malformed}, {"late votes", &o.LateVotes}, {"late voters", &o.LateVoters},
		{"moved voters", &o.Moved}, {"repeated registrations", &o.Repeated},
	}
}

// of is a share of a number, rounded down.
func of(share float64, n int) int { return int(share * float64(n)) }

// firstVotes is how many votes are left for voters' first ones.
func (o *Options) firstVotes() int {
	n := o.Votes - o.Huge
	for _, share := range []float64{
		o.Duplicates, o.SecondVotes, o.UnknownVoters, o.UnknownCandidates, o.outsideHours(), o.Malformed,
	} {
		n -= of(share, o.Votes)
	}
	return n
}

// outsideHours is the share of votes outside the hours where there are any.
func (o *Options) outsideHours() float64 {
	if o.Election == nil || !o.Election.HasHours() {
		return 0
	}
	return o.OutsideHours
}
