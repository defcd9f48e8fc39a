package emulated

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/serve"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/logging"
)

func upCommand(h *cli.Host) *cobra.Command {
	c := cli.Declared("up")
	flags := c.Flags()
	file := flags.String("election", "", "the election `FILE` to count by (default $ELECTION_FILE or $ELECTION, else an open ballot)")
	partitions := partitionsFlag(flags)
	m := machineFlags(flags)
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx := c.Context()
		n, err := partitions()
		if err != nil {
			return err
		}
		el, err := cli.ElectionOf(h.Getenv, *file)
		if err != nil {
			return err
		}
		begun := time.Now()
		s, err := m.start(ctx, h, el, n, 1)
		if err != nil {
			return err
		}
		defer stopSystem(h, s)
		h.Console.Printf("%s\nReady after %s. Ctrl-C stops it.", whereabouts(s), time.Since(begun).Round(time.Millisecond))
		tellBooks(ctx, h, s)
		return nil
	}
	return c
}

// functionsCommand serves functions. The runner starts its child processes with it.
func functionsCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "functions HOST:PORT",
		Short:  "serve functions at an address (the runner does it)",
		Hidden: true,
		Args:   cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Mistake(fmt.Errorf("want one address, not %d", len(args)))
			}
			return serve.Functions(args[0])
		},
	}
}

// partitionsFlag defines how many partitions topics have that are created.
func partitionsFlag(flags *pflag.FlagSet) func() (int32, error) {
	n := flags.Int32("partitions", 4, "`NUMBER` of partitions of the topics")
	return func() (int32, error) {
		if *n < 1 {
			return 0, cli.Mistake(fmt.Errorf("%d partitions: want 1 or more", *n))
		}
		return *n, nil
	}
}

// addressFlag defines the flag that chooses where everything listens.
func addressFlag(flags *pflag.FlagSet) func() settings.Addresses {
	free := flags.Bool("free-ports", false, "listen on any free ports instead of the usual ones")
	return func() settings.Addresses {
		if *free {
			return settings.FreeAddresses()
		}
		return settings.FixedAddresses()
	}
}

// likeFlag defines the flag that makes a system behave like the cloud.
func likeFlag(flags *pflag.FlagSet) *run.Like {
	like := new(run.Like)
	flags.Var(like, "like", "`PROFILE` of the times and refusals: cloud, or cloud/20 for 20 times its speed (default as quick as this machine)")
	return like
}

// warehouseFlag defines the flag that chooses what holds the tables.
func warehouseFlag(flags *pflag.FlagSet) *string {
	return flags.String("warehouse", "", "`KIND` of warehouse: bigquery or postgres (default $WAREHOUSE, else "+run.DefaultWarehouse+"). A PostgreSQL server is started unless $DATABASE_URL names one")
}

// A machine is how a whole system is set up on this machine.
type machine struct {
	addresses func() settings.Addresses
	like      *run.Like
	warehouse *string
}

// machineFlags defines the flags of a machine.
func machineFlags(flags *pflag.FlagSet) machine {
	return machine{addresses: addressFlag(flags), like: likeFlag(flags), warehouse: warehouseFlag(flags)}
}

// start starts everything, counting by an election, nil for an open ballot. The seed
// decides the times of a profile.
func (m machine) start(ctx context.Context, h *cli.Host, el *election.Election, partitions int32, seed uint64) (*run.System, error) {
	if *m.warehouse != "" {
		if err := cli.CheckWarehouse(*m.warehouse); err != nil {
			return nil, cli.Mistake(err)
		}
	}
	settings, err := electionSettings(el)
	if err != nil {
		return nil, err
	}
	return run.Start(ctx, run.Options{
		Addresses:  m.addresses(),
		Getenv:     h.Getenv,
		Settings:   settings,
		Warehouse:  *m.warehouse,
		Scheduled:  true,
		Partitions: partitions,
		Like:       *m.like,
		Seed:       seed,
		Logger:     warnings(h),
		Output:     h.Console,
	})
}

// warnings is a logger of what goes wrong while a system runs.
func warnings(h *cli.Host) *slog.Logger {
	return logging.New(h.Console, config.FromMap(map[string]string{"LOG_LEVEL": "warn"}))
}

// electionSettings are the settings of an election, nil for an open ballot. They
// replace an election of the environment.
func electionSettings(el *election.Election) (map[string]string, error) {
	if el == nil {
		return map[string]string{"ELECTION": "", "ELECTION_FILE": ""}, nil
	}
	text, err := json.Marshal(el)
	if err != nil {
		return nil, fmt.Errorf("the election as JSON: %w", err)
	}
	return map[string]string{"ELECTION": string(text), "ELECTION_FILE": ""}, nil
}

// stopSystem stops everything, and prints whether that succeeded.
func stopSystem(h *cli.Host, s *run.System) {
	if err := s.Close(); err != nil {
		h.Console.Printf("Not everything stopped as it should: %s", cli.Sentence(err))
		return
	}
	h.Console.Printf("Stopped.")
}

// totals is a query whose rows fit a terminal: portraits may be in their URLs, kilobytes of them.
const totals = "SELECT candidate, votes, share FROM analytics.candidate_totals ORDER BY votes DESC"

// whereabouts lists the addresses of the parts, and how to use them.
func whereabouts(s *run.System) string {
	a, embedded := s.Addresses(), s.Embedded()
	kind := func(own bool) string {
		if own {
			return "emulator"
		}
		return "yours, from the environment"
	}
	var b strings.Builder
	line := func(name, address, what string) { fmt.Fprintf(&b, "  %-10s %-44s %s\n", name, address, what) }
	line("dashboard", s.URL(), "page, and /api/v1/results")
	line("functions", "http://"+a.Functions, "/bridge /ingest /aggregate")
	line("Kafka", a.Kafka, kind(embedded.Kafka))
	line("Pub/Sub", a.PubSub, kind(embedded.PubSub))
	query := ""
	if s.Warehouse().Kind == endpoint.Postgres {
		line("PostgreSQL", postgresAt(s), map[bool]string{true: "a server of its own", false: "yours, from DATABASE_URL"}[embedded.Postgres])
		query = "psql " + postgresAt(s) + " -c '" + totals + "'"
	} else {
		line("BigQuery", "http://"+a.BigQuery+", gRPC "+a.BigQueryGRPC, kind(embedded.BigQuery))
		query = fmt.Sprintf(`bq --api http://%s --oauth_access_token=none --nouse_google_auth \
    --project_id %s query --nouse_legacy_sql '%s'`, a.BigQuery, s.Cloud().Project, totals)
	}
	command := "go run ./local"
	if run.DefaultWarehouse == endpoint.Postgres {
		command = "CGO_ENABLED=0 " + command // else a machine with a compiler builds the emulator now
		b.WriteString("\nThis program was built without a C compiler, which the BigQuery emulator needs: the tables are in PostgreSQL.\n")
	}
	fmt.Fprintf(&b, `
Send records to the topics voters and votes with any Kafka producer, or with
  %s simulate --brokers %s
Query the tables with
  %s
`, command, a.Kafka, query)
	return b.String()
}

// postgresAt is where the tables are, without a password.
func postgresAt(s *run.System) string {
	if s.Embedded().Postgres {
		return s.Warehouse().DatabaseURL
	}
	return "$DATABASE_URL"
}

// tellBooks prints a line whenever the books or the state of the count have changed,
// until ctx ends.
func tellBooks(ctx context.Context, h *cli.Host, s *run.System) {
	const pause = 2 * time.Second
	w := s.Watch()
	told, state := "", ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		results, _, err := w.Poll(ctx)
		if err != nil {
			continue // the dashboard's own log says more
		}
		if text := booksLine(results); text != told {
			h.Console.Printf("%s  %s", time.Now().Format("15:04:05"), text)
			told = text
		}
		if results.Status != state {
			h.Console.Printf("%s  %s", time.Now().Format("15:04:05"), results.State.Text)
			state = results.Status
		}
	}
}

// booksLine says what the books hold of each topic. Offsets without a record are told
// once nothing is on its way: until then they may be of records that come.
func booksLine(r *run.Results) string {
	onTheWay := r.State.Unread + r.State.Unsettled
	var parts []string
	for _, topic := range sortedKeys(r.Books.Topics) {
		b := r.Books.Topics[topic].Account
		if b.Records == 0 {
			continue
		}
		if onTheWay > 0 {
			b.Gaps = 0
		}
		text := fmt.Sprintf("%s: %s read, %s accepted", topic, console.Number(b.Records), console.Number(b.Accepted))
		for _, n := range []struct {
			count int64
			name  string
		}{{b.Duplicate, "duplicate"}, {b.Rejected, "rejected"}, {b.Pending, "pending"}, {b.Gaps, "offsets without a record"}} {
			if n.count > 0 {
				text += fmt.Sprintf(", %s %s", console.Number(n.count), n.name)
			}
		}
		parts = append(parts, text)
	}
	if onTheWay > 0 {
		parts = append(parts, console.Number(onTheWay)+" on the way")
	}
	if len(parts) == 0 {
		return "No records yet."
	}
	return strings.Join(parts, " · ")
}
