package simulate

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/record"
	"github.com/tallystream/tallystream/shared/election/rejection"
	"github.com/tallystream/tallystream/shared/errortest"
)

var day = civil.Date{Year: 2026, Month: time.November, Day: 3}

func newSimulation(t *testing.T, o Options) *Simulation {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// everything is a small election with some of every irregularity.
func everything() Options {
	o := Defaults(day).WithEverything()
	o.Election = BuiltIn(day)
	o.Voters, o.Votes, o.HugeBytes = 4000, 3000, 4<<10
	o.Malformed = 0.02
	return o
}

// fingerprint is a hash of all records of a simulation.
func fingerprint(s *Simulation) string {
	h := sha256.New()
	add := func(r *Record) bool {
		h.Write(r.Value)
		fmt.Fprintf(h, "|%s|%s|%d|%s|%s\n", r.Topic, r.Key, r.At, expected(r), r.Reject)
		return true
	}
	s.EachRegistration(add)
	s.EachOfDay(add)
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestSeedDecidesEverything(t *testing.T) {
	first := newSimulation(t, everything())
	if a, b := fingerprint(first), fingerprint(newSimulation(t, everything())); a != b {
		t.Error("two simulations of one seed differ")
	}
	if a, b := fingerprint(first), fingerprint(first); a != b {
		t.Error("one simulation played twice differs")
	}
	other := everything()
	other.Seed++
	if fingerprint(first) == fingerprint(newSimulation(t, other)) {
		t.Error("another seed gives the same election")
	}
}

// TestExpectationsHold reads every record as the functions do. Each record must have
// the content of its entry.
func TestExpectationsHold(t *testing.T) {
	open := everything()
	open.Election = nil
	plain := everything()
	plain.Plain = true
	for name, o := range map[string]Options{"election": everything(), "open ballot": open, "plain": plain} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t, o)
			el := o.Election
			if el == nil {
				el = election.OpenBallot()
			}
			parser := record.NewParser(el)
			recorded := day.In(time.UTC).Add(24 * time.Hour)
			check := func(r *Record) bool {
				if r.Reject == rejection.RecordTooLarge {
					if len(r.Value) < o.HugeBytes {
						t.Errorf("a huge record of %d bytes, want %d", len(r.Value), o.HugeBytes)
					}
					return true
				}
				if got, want := read(parser, r, o, recorded), expected(r); got != want {
					t.Errorf("%s record %q:\n got %s\nwant %s", r.Topic, r.Value, got, want)
				}
				return true
			}
			s.EachRegistration(check)
			s.EachOfDay(check)
		})
	}
}

// Records of a plain simulation are what any JSON parser reads, with names as the
// election has them. Otherwise they are the same election.
func TestPlain(t *testing.T) {
	o := everything()
	o.Malformed, o.Huge = 0, 0
	varied := newSimulation(t, o)
	o.Plain = true
	s := newSimulation(t, o)
	candidates, regions := map[string]string{}, map[string]string{}
	for _, c := range o.Election.Candidates {
		candidates[c.Name] = c.ID
	}
	for _, r := range o.Election.Regions {
		regions[r.Name] = r.ID
	}
	// A varied vote may name an image that no election takes.
	truth := func(r *Record) string {
		if r.Vote != nil {
			r.Vote.Image = ""
		}
		return expected(r)
	}
	var want []string
	remember := func(r *Record) bool {
		want = append(want, truth(r))
		return true
	}
	varied.EachRegistration(remember)
	varied.EachOfDay(remember)
	i := 0
	check := func(r *Record) bool {
		var got struct {
			Voter     string `json:"voter_id"`
			Candidate string
			Timestamp string
			State     string
		}
		if err := json.Unmarshal(r.Value, &got); err != nil {
			t.Errorf("record %q: %v", r.Value, err)
		}
		switch {
		case r.Vote != nil:
			at, err := time.Parse("2006-01-02T15:04:05.000000", got.Timestamp)
			if err != nil || at.UnixMicro() != r.Vote.VotedAt || got.Voter != r.Vote.VoterID || candidates[got.Candidate] != r.Vote.Candidate {
				t.Errorf("record %q isn't %+v: %v", r.Value, r.Vote, err)
			}
		case r.Registration != nil && regions[got.State] != r.Registration.State:
			t.Errorf("record %q isn't %+v", r.Value, r.Registration)
		}
		if got := truth(r); got != want[i] {
			t.Errorf("record %d is %s, and %s where records vary", i, got, want[i])
		}
		i++
		return true
	}
	s.EachRegistration(check)
	s.EachOfDay(check)
	if i != len(want) || i == 0 {
		t.Errorf("%d records, and %d where they vary", i, len(want))
	}
}

func read(parser *record.Parser, r *Record, o Options, recorded time.Time) string {
	if r.Topic == o.VotersTopic {
		v, rejection := parser.Voter(r.Value, recorded)
		if rejection != nil {
			return rejection.Reason
		}
		return fmt.Sprint(v.ID, "|", v.Region, "|", v.AgeGroup, "|", v.Gender, "|", v.County, "|", v.Precinct)
	}
	v, rejection := parser.Vote(r.Value, recorded)
	if rejection != nil {
		return rejection.Reason
	}
	return fmt.Sprint(v.VoterID, "|", v.ID, "|", v.Candidate, "|", v.CandidateImage, "|", v.PollingStation, "|", v.CastAt.UnixMicro())
}

func expected(r *Record) string {
	switch {
	case r.Vote != nil:
		v := r.Vote
		return fmt.Sprint(v.VoterID, "|", v.VoteID, "|", v.Candidate, "|", v.Image, "|", v.Station, "|", v.VotedAt)
	case r.Registration != nil:
		v := r.Registration
		return fmt.Sprint(v.VoterID, "|", v.State, "|", v.AgeGroup, "|", v.Gender, "|", v.County, "|", v.Precinct)
	}
	return r.Reject
}

func TestShares(t *testing.T) {
	o := everything()
	s := newSimulation(t, o)
	kinds := map[kind]int{}
	for _, e := range s.timetable {
		kinds[e.kind]++
	}
	want := map[kind]int{
		firstVote:     3000 - 1 - 60 - 30 - 15 - 15 - 9 - 60,
		duplicateVote: 60, secondVote: 30, strangersVote: 15, votesForUnknown: 15, voteOutsideHours: 9,
		malformedVote: 60, hugeVote: 1,
		lateRegistration: 80, move: 40, repeatedRegistration: 40, malformedVoter: 80,
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("records by kind (-want +got):\n%s", diff)
	}
	if got, want := s.Registrations(), o.Voters-80; got != want {
		t.Errorf("%d voters registered before the vote, want %d", got, want)
	}
	voters := map[uint32]bool{}
	for _, e := range s.timetable {
		if e.kind == firstVote {
			if voters[e.who] {
				t.Errorf("voter %d has two first votes", e.who)
			}
			voters[e.who] = true
		}
	}
}

func TestLateVotersVoteFirst(t *testing.T) {
	s := newSimulation(t, everything())
	voted := map[uint32]bool{}
	for _, e := range s.timetable {
		switch e.kind {
		case firstVote:
			voted[e.who] = true
		case lateRegistration:
			if !voted[e.who] {
				t.Errorf("late voter %d is registered before the vote", e.who)
			}
		}
	}
}

// TestEveryDamage checks that an election of the demo's size has every reason for a
// reject.
func TestEveryDamage(t *testing.T) {
	s := newSimulation(t, everything())
	reasons := map[string]bool{}
	s.EachOfDay(func(r *Record) bool {
		if r.Reject != "" {
			reasons[r.Reject] = true
		}
		return true
	})
	want := []string{
		rejection.Tombstone, rejection.EmptyRecord, rejection.RecordTooLarge, rejection.MalformedJSON,
		rejection.WrongType, rejection.TextTooLong, rejection.MissingVoterID, rejection.MissingCandidate,
		rejection.MissingTimestamp, rejection.MissingState, rejection.InvalidTimestamp,
		rejection.InvalidAge, rejection.InvalidRegistrationDate, rejection.UnknownCandidate,
		rejection.OutsideVotingHours, rejection.UnknownRegion,
		rejection.UnsupportedFormat, rejection.Deletion, rejection.InvalidID, rejection.RegistrationInFuture,
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(reasons))); diff != "" {
		t.Errorf("reasons of rejection (-want +got):\n%s", diff)
	}
}

func TestElectionFileOfAnotherCountry(t *testing.T) {
	el, err := election.Parse([]byte(`{
		"id": "isles-2026", "name": "The Isles vote", "date": "2026-05-07",
		"opens": "2026-05-07T06:00:00Z", "closes": "2026-05-07T21:00:00Z",
		"candidates": [{"id": "a", "name": "Una \"The Sail\" Mac Aoidh"}, {"id": "b", "name": "Straße, Jürgen", "aliases": ["J\\S"]}],
		"regions": [{"id": "skye", "name": "Skye"}, {"id": "mull", "name": "Mull"}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	o := everything()
	o.Election = el
	s := newSimulation(t, o)
	parser := record.NewParser(el)
	votes, rejects := 0, 0
	s.EachOfDay(func(r *Record) bool {
		switch {
		case r.Vote != nil:
			votes++
		case r.Reject != "" && r.Reject != rejection.RecordTooLarge: // which the bridge decides
			rejects++
		default:
			return true
		}
		if got, want := read(parser, r, o, el.Closes), expected(r); got != want {
			t.Errorf("record %.200s:\n got %s\nwant %s", r.Value, got, want)
		}
		return true
	})
	if votes == 0 || rejects == 0 {
		t.Errorf("there are %d votes and %d rejects", votes, rejects)
	}
}

func TestOptionsNameEveryProblem(t *testing.T) {
	o := Defaults(day)
	o.Voters, o.Duplicates, o.Malformed, o.Rate, o.DayIn, o.VotesTopic = 0, 1.5, math.NaN(), 10, time.Second, "voters"
	err := o.Validate()
	errortest.Says(t, err, "0 voters", "1.5 duplicates", "NaN malformed", "both a rate", `topics "voters"`)
	o = Defaults(day)
	o.Voters = 10
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "as many voters") {
		t.Errorf("12,000 votes by 10 voters: got %v", err)
	}
	o = Defaults(day)
	o.Duplicates, o.SecondVotes = 0.6, 0.6
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "more than 1") {
		t.Errorf("shares of 1.2: got %v", errors.Unwrap(err))
	}
}

func BenchmarkRecords(b *testing.B) {
	o := Defaults(day).WithEverything()
	o.Election, o.Voters, o.Votes, o.Huge = BuiltIn(day), 150_000, 100_000, 0
	s, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for n := 0; n < b.N; {
		s.EachOfDay(func(*Record) bool { n++; return n < b.N })
	}
}
