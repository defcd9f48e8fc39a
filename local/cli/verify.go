package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/endpoint"
)

func verifyCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "verify", GroupID: groupOperators,
		Short: "audit a count: every record that Kafka holds, and every core and analytics table by SQL of its own; with a ledger row for row",
	}
	var o verifyOptions
	flags := c.Flags()
	flags.StringVar(&o.ledger, "ledger", "", "`FILE` that simulate wrote: compare with the true result too")
	flags.DurationVar(&o.patience, "patience", time.Minute, "`TIME` that what Kafka holds now may take to be counted, open transactions included")
	flags.DurationVar(&o.wait, "wait", pullWait, "`TIME` to wait for dead letters")
	flags.BoolVar(&o.json, "json", false, "print the report as JSON")
	flags.BoolVar(&o.tablesOnly, "tables-only", false, "leave Kafka and the dead letters out")
	flags.BoolVar(&o.acceptDeleted, "accept-deleted", false, "take what Kafka deleted before it was read, and topics that are gone, for no difference: nothing of this count stood there")
	cloud := cloudFlag(flags)
	c.RunE = func(c *cobra.Command, _ []string) error {
		err := runVerify(c.Context(), h, config.From(environment(h, *cloud)), o)
		if err == nil || errors.Is(err, verify.ErrDiffers) || errors.Is(err, verify.ErrNotAudited) {
			return err
		}
		return fmt.Errorf("%w: %w", verify.ErrNotAudited, err)
	}
	return c
}

type verifyOptions struct {
	ledger           string
	patience, wait   time.Duration
	json, tablesOnly bool
	acceptDeleted    bool
}

// cloudFlag defines the flag --cloud: services that the environment doesn't name are
// in the cloud, not on this machine.
func cloudFlag(flags *pflag.FlagSet) *bool {
	return flags.Bool("cloud", false, "take the environment as it stands; without this, what it doesn't name is looked for on this machine")
}

// environment leads to a running system: the one of up, or a deployment.
func environment(h *Host, cloud bool) func(string) string {
	if cloud {
		return h.Getenv
	}
	return settings.WithDefaults(h.Getenv, settings.Listens)
}

func runVerify(ctx context.Context, h *Host, env *config.Env, o verifyOptions) error {
	var truth *ledger.Ledger
	if o.ledger != "" {
		var err error
		if truth, err = ledger.ReadFile(o.ledger); err != nil {
			return err
		}
	}
	v := &verify.Verifier{Patience: o.patience, AcceptDeleted: o.acceptDeleted}
	tables, key := endpoint.WarehouseFrom(env), env.Raw("HMAC_KEY")
	var cloud endpoint.Cloud
	if !o.tablesOnly {
		cloud = messages(env, tables)
		kafka := endpoint.KafkaFrom(env)
		v.Kafka, v.Explain, v.Topics = kafka.Options(), kafka.Explain, env.List("KAFKA_TOPICS", "voters", "votes")
	}
	dead := boxFrom(env)
	if err := env.Err(); err != nil {
		return err
	}
	if !o.tablesOnly {
		if err := cloud.Reach(ctx); err != nil {
			return err
		}
		client, err := cloud.NewPubSub(ctx)
		if err != nil {
			return err
		}
		defer client.Close()
		dead.Client, dead.Wait = client, o.wait
		v.DeadLetters = dead.Summary
	}
	var err error
	if v.Tables, err = query.Open(ctx, tables, "verify"); err != nil {
		return err
	}
	defer v.Tables.Close()
	audit, err := v.Verify(ctx)
	if err != nil {
		return err
	}
	wrong := tellAudit(h, audit, o.json)
	if truth == nil {
		return wrong
	}
	differences, err := truth.Compare(ctx, v.Tables, ledger.Keyer([]byte(key), truth.Election.ID))
	if err != nil {
		return errors.Join(wrong, fmt.Errorf("compare with the ledger: %w", err))
	}
	told := TellDifferences(h, differences)
	if told != nil && errors.Is(wrong, verify.ErrNotAudited) {
		return told // the report lists what wasn't read
	}
	return errors.Join(wrong, told)
}

// tellAudit prints the report, and returns an error if it has findings.
func tellAudit(h *Host, r *verify.Report, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(h.Stdout).Encode(r); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
		return r.Err()
	}
	fmt.Fprint(h.Stdout, r)
	if r.OK() {
		h.Console.Printf("Nothing differs: %d tables follow from the records%s.", r.Tables, r.Extent())
	}
	return r.Err()
}

// TellDifferences prints the differences from a ledger, and returns an error if there
// are any.
func TellDifferences(h *Host, differences []string) error {
	if len(differences) == 0 {
		h.Console.Printf("Every core and analytics table equals the ledger, row for row.")
		return nil
	}
	for _, d := range differences {
		h.Console.Printf("  %s", d)
	}
	return ledgerDiffers(len(differences))
}

// ledgerDiffers is the error of so many differences from a ledger.
type ledgerDiffers int

func (n ledgerDiffers) Error() string {
	return fmt.Sprintf("the tables differ from the ledger (differences listed above: %d): a ledger knows the records of its own simulation alone, so nothing else may be on the topics", int(n))
}

func (n ledgerDiffers) Is(target error) bool { return target == verify.ErrDiffers }
