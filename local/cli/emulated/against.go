package emulated

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/stress/bench"
	"github.com/tallystream/tallystream/local/stress/bench/pyspark"
	"github.com/tallystream/tallystream/shared/election"
)

// checkAgainst says what is wrong with the flags of a comparison: those of other
// measurements.
func checkAgainst(state string, m *bench.Config, flags *pflag.FlagSet) error {
	if !flags.Changed("pyspark") {
		return nil
	}
	var errs []error
	if state != pyspark.SQL && state != pyspark.Python {
		errs = append(errs, fmt.Errorf("--pyspark=%s: want %s or %s", state, pyspark.SQL, pyspark.Python))
	}
	flags.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "pyspark", "votes", "partitions", "seed":
		default:
			errs = append(errs, fmt.Errorf("--pyspark measures nothing else: leave out --%s", f.Name))
		}
	})
	if m.Votes == 0 {
		errs = append(errs, errors.New("--pyspark without --votes: want more than 0"))
	}
	return errors.Join(errs...)
}

// runAgainst compares with PySpark. The last line of standard output is the result.
func runAgainst(ctx context.Context, h *cli.Host, c *bench.Config, state string) error {
	h.Console.Printf("Tallystream and PySpark, each over the same %s votes and as many voters.", console.Number(int64(c.Votes)))
	if h.Getenv("KAFKA_BROKERS") != "" {
		return cli.Mistake(errors.New("KAFKA_BROKERS is set, and --pyspark starts a broker of its own: unset it"))
	}
	in := pyspark.Installation{Folder: pyspark.Folder, KafkaJars: pyspark.KafkaJars}
	start := func(ctx context.Context, el *election.Election, brokers string) (*run.System, error) {
		kafka := map[string]string{"KAFKA_BROKERS": brokers}
		host := *h
		host.Getenv = func(name string) string { return cmp.Or(kafka[name], h.Getenv(name)) }
		return benchSystem(&host, run.Options{Settings: kafka})(ctx, el, true)
	}
	t, err := c.Against(ctx, in, state, start)
	if err != nil {
		return fmt.Errorf("comparison with PySpark: %w", err)
	}
	fmt.Fprint(h.Stdout, againstTable(thisMachine(), &t))
	var wrong error
	if t.Differences() > 0 {
		wrong = errors.New("a result differs from the true one: see above")
	}
	return errors.Join(json.NewEncoder(h.Stdout).Encode(struct {
		Machine    string           `json:"machine"`
		Comparison bench.Comparison `json:"comparison"`
	}{thisMachine(), t}), wrong)
}

// againstTable is the result for people.
func againstTable(machine string, t *bench.Comparison) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nEverything on one machine: %s\n", machine)
	fmt.Fprintf(&b, "%s records on %s, %s of them votes; PySpark's state in %s\n\n", console.Number(t.Records), t.Broker, console.Number(t.Votes), t.State)
	row := func(cells ...any) { fmt.Fprintf(&b, "  %-44s %11s %9s %11s %9s %10s  %s\n", cells...) }
	row("", "records/s", "seconds", "processor s", "start s", "result", "Tallystream is")
	rate := func(name string, r *bench.Rate, times string) {
		tenth := func(f float64) string { return fmt.Sprintf("%.1f", f) }
		row(name, console.Number(int64(r.RecordsPerSecond)), tenth(r.Seconds), tenth(r.Processor), tenth(r.Start), exactness(r.Differences), times)
	}
	rate("Tallystream", &t.Ours, "")
	for i := range t.PySpark {
		r := &t.PySpark[i]
		name := "PySpark, " + console.Number(int64(r.Batch)) + " records a batch"
		if r.Batches == 1 {
			name = "PySpark, all in one batch"
		}
		if r.Warm {
			name += ", JVM warm"
		}
		times := fmt.Sprintf("%.1f times as fast", r.Times)
		if r.TimesProcessor > 0 {
			times += fmt.Sprintf(", by processor time %.1f", r.TimesProcessor)
		}
		rate(name, &r.Rate, times)
	}
	return b.String() + "\n"
}
