package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/operate/deadletter"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/endpoint"
)

func deadLetterCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use:     "deadletter list | show ID | fix ID (--offset N (--value FILE | --drop REASON) | --all --drop REASON) | replay (ID… | --all) | discard ID",
		GroupID: groupOperators,
		Short:   "see, mend and replay the messages that ingest couldn't take",
		Args:    cobra.ArbitraryArgs, // check knows how many each verb takes
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return deadLetterVerbs, cobra.ShellCompDirectiveNoFileComp
		},
	}
	var o deadLetterOptions
	flags := c.Flags()
	flags.Int64Var(&o.offset, "offset", -1, "fix: `OFFSET` of the record")
	flags.StringVar(&o.value, "value", "", "fix: `FILE` with the JSON that the record should have been; - is standard input")
	flags.StringVar(&o.drop, "drop", "", "fix: leave the record out; the `REASON` stands in raw.rejects")
	flags.BoolVar(&o.all, "all", false, "replay all messages, or drop all records of one")
	flags.BoolVar(&o.asIs, "as-is", false, "replay what this program can't decode too: for a newer ingest")
	flags.DurationVar(&o.wait, "wait", pullWait, "`TIME` to wait for messages")
	cloud := cloudFlag(flags)
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := o.check(args, flags.Changed); err != nil {
			return Mistake(err)
		}
		return runDeadLetter(c.Context(), h, config.From(environment(h, *cloud)), &o, args)
	}
	return c
}

type deadLetterOptions struct {
	offset      int64
	value, drop string
	all, asIs   bool
	wait        time.Duration
}

var deadLetterVerbs = []string{"list", "show", "fix", "replay", "discard"}

// check says what is wrong with a verb, its ids and its flags. given reports whether a
// flag was.
func (o *deadLetterOptions) check(words []string, given func(flag string) bool) error {
	if len(words) == 0 {
		return errors.New("say what to do: list, show, fix, replay or discard")
	}
	verb, ids := words[0], words[1:]
	if !slices.Contains(deadLetterVerbs, verb) {
		return fmt.Errorf("%q is none of list, show, fix, replay and discard", verb)
	}
	for flag, verbs := range map[string][]string{
		"offset": {"fix"}, "value": {"fix"}, "drop": {"fix"}, "all": {"fix", "replay"}, "as-is": {"replay"},
	} {
		if given(flag) && !slices.Contains(verbs, verb) {
			return fmt.Errorf("--%s doesn't go with %s: it is for %s", flag, verb, strings.Join(verbs, " and "))
		}
	}
	switch {
	case verb == "list" && len(ids) > 0:
		return fmt.Errorf("list shows all messages: leave out %q, or say show %[1]s", ids[0])
	case verb == "replay" && (len(ids) > 0) == o.all:
		return errors.New("replay takes the IDs of messages, or --all: list shows the IDs")
	case verb != "list" && verb != "replay" && len(ids) != 1:
		return fmt.Errorf("%s takes the ID of one message, not of %d: list shows the IDs", verb, len(ids))
	case verb == "fix":
		return o.checkFix(given)
	}
	return nil
}

// checkFix says what is wrong with the flags of fix.
func (o *deadLetterOptions) checkFix(given func(flag string) bool) error {
	switch {
	case o.all && (o.drop == "" || given("value") || given("offset")):
		return errors.New("fix --all drops all records of a message: it goes with --drop REASON alone")
	case o.all:
		return nil
	case o.offset < 0:
		return errors.New("--offset is missing: show lists the records of a message")
	case (o.value == "") == (o.drop == ""):
		return errors.New("say what becomes of the record: --value FILE or --drop REASON")
	}
	return nil
}

// pullWait is how long a pull waits for dead letters.
const pullWait = 3 * time.Second

// boxFrom returns the box of a deployment's dead letters, without its client.
func boxFrom(env *config.Env) *deadletter.Box {
	topic := env.String("PUBSUB_TOPIC", "kafka-records")
	return &deadletter.Box{
		Topic:        topic,
		Subscription: env.String("DEAD_LETTERS_SUBSCRIPTION", topic+"-dead-letters"),
		Wait:         pullWait,
	}
}

// runDeadLetter does what words, which check has checked, say.
func runDeadLetter(ctx context.Context, h *Host, env *config.Env, o *deadLetterOptions, words []string) (err error) {
	tables := endpoint.WarehouseFrom(env)
	cloud := messages(env, tables)
	box := boxFrom(env)
	if err := env.Err(); err != nil {
		return err
	}
	if err := cloud.Reach(ctx); err != nil {
		return err
	}
	client, err := cloud.NewPubSub(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	box.Client, box.Wait = client, o.wait
	verb, ids := words[0], words[1:]
	session, err := box.Open(ctx, ids...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close(ctx)) }()
	d := &deadLetterCall{host: h, tables: tables, session: session, options: o}
	switch verb {
	case "list":
		return d.list()
	case "replay":
		return d.replay(ctx, ids)
	}
	l, err := session.Find(ids[0])
	if err != nil {
		return err
	}
	switch verb {
	case "show":
		return d.show(l)
	case "fix":
		return d.fix(ctx, l)
	}
	return d.discard(ctx, l)
}

// deadLetterCall is one call of the command.
type deadLetterCall struct {
	host    *Host
	tables  endpoint.Warehouse
	session *deadletter.Session
	options *deadLetterOptions
}

func (d *deadLetterCall) list() error {
	if len(d.session.Letters) == 0 {
		d.host.Console.Printf("There are no dead letters.")
		return nil
	}
	w := tabwriter.NewWriter(d.host.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "id\trecords\tholds\tattempts\tsince\treason")
	for _, l := range d.session.Letters {
		fmt.Fprintf(w, "%s\t%d\t%s\t%d\t%s\t%s\n", l.ID, l.Span.Records, l.Span, l.Attempts, l.PublishedAt.Format(time.RFC3339), l.Reason())
	}
	return w.Flush()
}

func (d *deadLetterCall) show(l *deadletter.Letter) error {
	out := d.host.Stdout
	fmt.Fprintf(out, "message   %s\nholds     %s (%d records)\nattempts  %d by subscription %q\nsince     %s\nreason    %s\nlog       %s\n",
		l.ID, l.Span, l.Span.Records, l.Attempts, l.From, l.PublishedAt.Format(time.RFC3339), l.Reason(), l.LogFilter())
	if l.Batch == nil {
		return nil
	}
	fmt.Fprintln(out)
	for _, r := range l.Batch.Records {
		fmt.Fprintf(out, "%d  %s  %d bytes  %s\n", r.Offset, time.UnixMilli(r.Timestamp).UTC().Format(time.RFC3339Nano), r.Size, deadletter.Masked(r.Value))
	}
	return nil
}

func (d *deadLetterCall) fix(ctx context.Context, l *deadletter.Letter) error {
	o := d.options
	fix := deadletter.Fix{Offset: o.offset, Reason: o.drop}
	if o.value != "" {
		text, err := contents(o.value)
		if err != nil {
			return err
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(text, &object); err != nil {
			return fmt.Errorf("%s isn't one JSON object: %w", o.value, err)
		}
		if object == nil {
			return fmt.Errorf("%s is null, not a JSON object", o.value)
		}
		fix.Value = text
	}
	appender, err := newAppender(d.tables)
	if err != nil {
		return err
	}
	fixes := []deadletter.Fix{fix}
	if o.all && l.Batch != nil {
		fixes = nil
		for _, r := range l.Batch.Records {
			fixes = append(fixes, deadletter.Fix{Offset: r.Offset, Reason: o.drop})
		}
	}
	err = d.session.Fix(ctx, l, fixes, appender)
	if err := errors.Join(err, appender.Close()); err != nil {
		return err
	}
	d.host.Console.Printf("%s: %d of %d records fixed; what is left of it is on its way again.", l.Span, len(fixes), l.Span.Records)
	return nil
}

func contents(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(file)
}

func (d *deadLetterCall) replay(ctx context.Context, ids []string) error {
	letters := append([]*deadletter.Letter(nil), d.session.Letters...)
	if !d.options.all {
		letters = nil
		for _, id := range ids {
			l, err := d.session.Find(id)
			if err != nil {
				return err
			}
			letters = append(letters, l)
		}
	}
	if len(letters) == 0 {
		d.host.Console.Printf("There are no dead letters.")
		return nil
	}
	var errs []error
	replayed := 0
	for _, l := range letters {
		err := d.session.Replay(ctx, l, d.options.asIs)
		if errors.Is(err, deadletter.ErrUndecodable) {
			err = fmt.Errorf("%w\n  %s", err, remedy(l))
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		replayed++
	}
	d.host.Console.Printf("%d of %d messages are on their way again.", replayed, len(letters))
	return errors.Join(errs...)
}

// remedy says what to do about a letter that can't be decoded.
func remedy(l *deadletter.Letter) string {
	if l.Span.Topic == "" {
		return "it holds no records of ours: keep it, or go run ./local deadletter discard " + l.ID
	}
	return fmt.Sprintf("read its records from Kafka again: go run ./local backfill --partition %s/%d --from %d --to %d, then go run ./local deadletter discard %s",
		l.Span.Topic, l.Span.Partition, l.Span.First, l.Span.Last+1, l.ID)
}

// discard takes a letter away if raw holds all of its records.
func (d *deadLetterCall) discard(ctx context.Context, l *deadletter.Letter) error {
	tables, err := query.Open(ctx, d.tables, "deadletter")
	if err != nil {
		return err
	}
	defer tables.Close()
	stored, err := deadletter.Stored(ctx, tables, l.Span)
	if err != nil {
		return err
	}
	if !stored {
		return fmt.Errorf("raw doesn't hold all records of %s (%s): replay it, or %s", l.ID, l.Span, remedy(l))
	}
	if err := d.session.Discard(ctx, l); err != nil {
		return err
	}
	d.host.Console.Printf("%s is gone; raw holds everything that it held.", l.ID)
	return nil
}
