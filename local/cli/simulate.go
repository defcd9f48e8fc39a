package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"syscall"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/endpoint"
)

var simulateCommand = command{
	name:  "simulate",
	short: "make up an election and send its voters and votes to Kafka",
	setUp: setUpSimulate,
}

func setUpSimulate(h *Host, flags *flag.FlagSet) func(context.Context, []string) error {
	var s simulation
	s.define(flags)
	brokers := flags.String("brokers", "", "`HOST:PORT`s of the Kafka brokers, with commas between (default $KAFKA_BROKERS, else 127.0.0.1:9092)")
	file := flags.String("election", "", "the election `FILE` that the functions count by (default $ELECTION_FILE or $ELECTION, else an open ballot)")
	out := flags.String("ledger", "", "`FILE` to write the true result to, for the command verify")
	return func(ctx context.Context, _ []string) error {
		el, err := electionOf(h.Getenv, *file)
		if err != nil {
			return err
		}
		o, err := s.options(flags, el)
		if err != nil {
			return err
		}
		kafka, err := kafkaOf(h.Getenv, *brokers)
		if err != nil {
			return err
		}
		return runSimulate(ctx, h, o, kafka, *out)
	}
}

func runSimulate(ctx context.Context, h *Host, o simulate.Options, kafka endpoint.Kafka, out string) error {
	sim, err := simulate.New(o)
	if err != nil {
		return err
	}
	if err := over(sim.Ends(), time.Now()); err != nil {
		return err
	}
	p, err := simulate.NewProducer(ctx, sim, kafka.Options()...)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return err // it says how to start one
	}
	if err != nil {
		return kafka.Explain(err)
	}
	defer p.Close()
	started := time.Now()
	stop := h.Console.Follow(sending(sim, p))
	err = p.Run(ctx)
	stop()
	// What was sent is on the broker, whatever came then.
	if out != "" {
		err = errors.Join(err, p.Ledger().WriteFile(out))
	}
	if err != nil {
		return err
	}
	h.Console.Printf("Sent %s records in %s.", console.Number(int64(p.Ledger().Records())), time.Since(started).Round(time.Millisecond))
	if out != "" {
		h.Console.Printf("The true result is in %s.", out)
	}
	return nil
}

// over refuses an election whose last votes would lie so far in the future that
// ingest rejects them.
func over(ends, now time.Time) error {
	if ahead := ends.Sub(now); ahead > 24*time.Hour {
		return fmt.Errorf("the vote would end at %s, in %s: votes from the future are rejected; rehearse with --day, "+
			"or with a copy of the election file whose hours are over by tomorrow", ends.Format(time.RFC3339), ahead.Round(time.Hour))
	}
	return nil
}

// sending shows how far a producer is.
func sending(sim *simulate.Simulation, p *simulate.Producer) func() []console.Bar {
	return func() []console.Bar {
		voters, votes := p.Progress()
		return []console.Bar{
			{Label: "voters", Done: voters.Acked, Total: int64(sim.Registrations()), Note: rate(voters)},
			{Label: "voting day", Done: votes.Acked, Total: int64(sim.Day()), Note: rate(votes)},
		}
	}
}

func rate(p simulate.Progress) string {
	if p.Took <= 0 {
		return ""
	}
	return console.Number(int64(float64(p.Acked)/p.Took.Seconds())) + "/s"
}

// simulation are the flags that describe an election.
type simulation struct {
	o   simulate.Options
	day string
	mix bool
}

func (s *simulation) define(flags *flag.FlagSet) {
	s.o = simulate.Defaults(yesterday())
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
	flags.Func("partitions", fmt.Sprintf("`NUMBER` of partitions of topics that don't exist yet (default %d)", o.Partitions), func(v string) error {
		_, err := fmt.Sscan(v, &o.Partitions)
		return err
	})
}

// options are the flags' values for an election, nil for an open ballot.
func (s *simulation) options(flags *flag.FlagSet, el *election.Election) (simulate.Options, error) {
	if s.mix {
		given := map[string]string{}
		flags.Visit(func(f *flag.Flag) { given[f.Name] = f.Value.String() })
		s.o = s.o.WithEverything()
		for name, value := range given {
			if flags.Lookup(name).Value.String() != value {
				if err := flags.Set(name, value); err != nil {
					return s.o, err
				}
			}
		}
	}
	paced := false
	flags.Visit(func(f *flag.Flag) { paced = paced || f.Name == "day-in" })
	if s.o.Rate > 0 && !paced {
		s.o.DayIn = 0 // a rate that is given replaces a length that isn't
	}
	s.o.Election = el
	day, err := s.on()
	if err != nil {
		return s.o, err
	}
	s.o.Day = day
	if s.o.Voters == 0 {
		s.o.Voters = max(1, s.o.Votes*10/6)
	}
	return s.o, s.o.Validate()
}

// on is the day of the vote.
func (s *simulation) on() (civil.Date, error) { return dayOf(s.day) }

// dayOf reads a date; none is yesterday.
func dayOf(text string) (civil.Date, error) {
	if text == "" {
		return yesterday(), nil
	}
	day, err := civil.ParseDate(text)
	if err != nil {
		return day, fmt.Errorf("day %q: write it as 2026-11-03", text)
	}
	return day, nil
}

// yesterday is over everywhere: no vote of it lies in the future.
func yesterday() civil.Date { return civil.DateOf(time.Now().UTC()).AddDays(-1) }

// electionOf reads the election as the functions do; a file given by flag
// comes first. It returns nil for an open ballot.
func electionOf(getenv func(string) string, file string) (*election.Election, error) {
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
	el := election.From(env)
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
