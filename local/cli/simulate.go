package cli

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/endpoint"
)

func simulateCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "simulate", GroupID: groupSimulation,
		Short: "make up an election and send its voters and votes to Kafka",
	}
	flags := c.Flags()
	s := NewSimulation(flags)
	brokers := flags.String("brokers", "", "`HOST:PORT`s of the Kafka brokers, with commas between (default $KAFKA_BROKERS, else 127.0.0.1:9092)")
	file := flags.String("election", "", "the election `FILE` that the functions count by (default $ELECTION_FILE or $ELECTION, else an open ballot)")
	out := flags.String("ledger", "", "`FILE` to write the true result to, for the command verify")
	c.RunE = func(c *cobra.Command, _ []string) error {
		el, err := ElectionOf(h.Getenv, *file)
		if err != nil {
			return err
		}
		o, err := s.Options(el)
		if err != nil {
			return err
		}
		kafka, err := kafkaOf(h.Getenv, *brokers)
		if err != nil {
			return err
		}
		if *out != "" {
			if err := ledger.CheckFile(*out); err != nil {
				return Mistake(err)
			}
		}
		return runSimulate(c.Context(), h, o, kafka, *out)
	}
	return c
}

func runSimulate(ctx context.Context, h *Host, o simulate.Options, kafka endpoint.Kafka, out string) error {
	sim, err := simulate.New(o)
	if err != nil {
		return err
	}
	if err := CheckEnd(sim, time.Now()); err != nil {
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
	stop := h.Console.Follow(Sending(sim, p))
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

// Sending shows how far a producer is.
func Sending(sim *simulate.Simulation, p *simulate.Producer) func() []console.Bar {
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
