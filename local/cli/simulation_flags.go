package cli

import (
	"fmt"
	"time"

	"cloud.google.com/go/civil"
	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/electionfile"
	"github.com/tallystream/tallystream/shared/endpoint"
)

// Simulation are the flags that describe an election.
type Simulation struct {
	flags *pflag.FlagSet
	o     simulate.Options
	day   string
	mix   bool
}

// NewSimulation defines the flags.
func NewSimulation(flags *pflag.FlagSet) *Simulation {
	s := &Simulation{flags: flags, o: simulate.Defaults(Yesterday())}
	o := &s.o
	flags.Uint64Var(&o.Seed, "seed", o.Seed, "decides everything that chance does, a `NUMBER`")
	flags.IntVar(&o.Votes, "votes", o.Votes, "`NUMBER` of records with votes, whatever they are worth")
	flags.IntVar(&o.Voters, "voters", 0, "`NUMBER` of voters (default enough for a turnout of 60 %)")
	flags.StringVar(&s.day, "day", "", "`DATE` of the vote, where no election file gives hours (default yesterday)")
	flags.Float64Var(&o.Rate, "rate", 0, "`VOTES` per second (default as fast as the broker takes them)")
	flags.DurationVar(&o.DayIn, "day-in", 0, "play the voting day in this `TIME`, with its waves, instead of at a rate")
	flags.BoolVar(&s.mix, "mix", false, "begin with some of every irregularity below")
	flags.Float64Var(&o.Duplicates, "duplicates", 0, "`SHARE` of the votes that are the same record once more")
	flags.Float64Var(&o.SecondVotes, "second-votes", 0, "`SHARE` of the votes by someone who has voted")
	flags.Float64Var(&o.UnknownVoters, "unknown-voters", 0, "`SHARE` of the votes by someone who never registers")
	flags.Float64Var(&o.UnknownCandidates, "unknown-candidates", 0, "`SHARE` of the votes for someone who isn't on the ballot")
	flags.Float64Var(&o.OutsideHours, "outside-hours", 0, "`SHARE` of the votes cast when the polls are closed (needs an election file)")
	flags.Float64Var(&o.Malformed, "malformed", 0, "`SHARE` of the votes, and of the voters, that can't be read")
	flags.Float64Var(&o.LateVotes, "late-votes", 0, "`SHARE` of the first votes that are sent hours after they were cast")
	flags.Float64Var(&o.LateVoters, "late-voters", 0, "`SHARE` of the voters who are registered only after their vote")
	flags.Float64Var(&o.Moved, "moved", 0, "`SHARE` of the voters who are registered elsewhere during the day")
	flags.Float64Var(&o.Repeated, "repeated", 0, "`SHARE` of the voters whose registration is sent once more")
	flags.IntVar(&o.Huge, "huge", 0, "`NUMBER` of votes larger than a Pub/Sub message may be")
	flags.BoolVar(&o.VotersLast, "voters-last", false, "register everybody only after the vote")
	flags.BoolVar(&o.Keyed, "keyed", false, "give records the voter's id as their key")
	flags.StringVar(&o.VotersTopic, "voters-topic", o.VotersTopic, "`TOPIC` of the voters")
	flags.StringVar(&o.VotesTopic, "votes-topic", o.VotesTopic, "`TOPIC` of the votes")
	flags.Int32Var(&o.Partitions, "partitions", o.Partitions, "`NUMBER` of partitions of topics that don't exist yet")
	return s
}

// Options are the flags' values for an election, nil for an open ballot. An error is a
// Mistake.
func (s *Simulation) Options(el *election.Election) (simulate.Options, error) {
	if s.mix {
		given := map[string]string{}
		s.flags.Visit(func(f *pflag.Flag) { given[f.Name] = f.Value.String() })
		s.o = s.o.WithEverything()
		for name, value := range given {
			if s.flags.Lookup(name).Value.String() != value {
				if err := s.flags.Set(name, value); err != nil {
					return s.o, Mistake(err)
				}
			}
		}
	}
	if s.o.Rate > 0 && !s.flags.Changed("day-in") {
		s.o.DayIn = 0 // its default: --rate was given instead
	}
	s.o.Election = el
	day, err := s.On()
	if err != nil {
		return s.o, err
	}
	s.o.Day = day
	if s.o.Voters == 0 {
		s.o.Voters = max(1, s.o.Votes*10/6)
	}
	return s.o, Mistake(s.o.Validate())
}

// On is the day of the vote.
func (s *Simulation) On() (civil.Date, error) { return dayOf(s.day) }

// dayOf reads a date; none is yesterday. An error is a Mistake.
func dayOf(text string) (civil.Date, error) {
	if text == "" {
		return Yesterday(), nil
	}
	day, err := civil.ParseDate(text)
	if err != nil {
		return day, Mistake(fmt.Errorf("day %q: write it as 2026-11-03", text))
	}
	return day, nil
}

// Yesterday has ended in every time zone, so that none of its votes is in the future.
func Yesterday() civil.Date { return civil.DateOf(time.Now().UTC()).AddDays(-1) }

// CheckEnd refuses an election whose last votes would lie so far in the future
// that ingest rejects them. The error is a Mistake.
func CheckEnd(sim *simulate.Simulation, now time.Time) error {
	ends := sim.Ends()
	if ahead := ends.Sub(now); ahead > 24*time.Hour {
		return Mistake(fmt.Errorf("the vote would end at %s, in %s: votes from the future are rejected; rehearse with --day, "+
			"or with a copy of the election file whose hours are over by tomorrow", ends.Format(time.RFC3339), ahead.Round(time.Hour)))
	}
	return nil
}

// ElectionOf reads the election as the functions do; a file given by flag
// comes first. It returns nil for an open ballot.
func ElectionOf(getenv func(string) string, file string) (*election.Election, error) {
	if file != "" {
		el, err := election.Load(file)
		if err != nil {
			return nil, err
		}
		getenv = func(string) string { return "" }
		if !el.Open() {
			return el, nil
		}
	}
	env := config.From(getenv)
	el := electionfile.From(env)
	if err := env.Err(); err != nil {
		return nil, err
	}
	if el.Open() {
		return nil, nil
	}
	return el, nil
}

// kafkaOf reads where Kafka is as the bridge does; brokers given by flag come
// first.
func kafkaOf(getenv func(string) string, brokers string) (endpoint.Kafka, error) {
	env := config.From(func(name string) string {
		if name != "KAFKA_BROKERS" {
			return getenv(name)
		}
		if brokers != "" {
			return brokers
		}
		if v := getenv(name); v != "" {
			return v
		}
		return "127.0.0.1:9092"
	})
	k := endpoint.KafkaFrom(env)
	return k, env.Err()
}
