package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/settings"
)

func rebuildCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "rebuild", GroupID: groupOperators,
		Short: "derive core and analytics from raw again, all or a range of event time, while votes come in",
	}
	var to, from string
	flags := c.Flags()
	flags.StringVar(&from, "from", "", "begin at the `TIME` (2026-11-03T12:00:00Z) of votes; without this and --to it is everything")
	flags.StringVar(&to, "to", "", "end before the `TIME`")
	f := functionFlags(flags, settings.Aggregate, 300)
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx := c.Context()
		var what any = "all"
		if from != "" || to != "" {
			what = map[string]string{"from": from, "to": to}
			if err := times(map[string]string{"from": from, "to": to}); err != nil {
				return err
			}
		}
		var summary struct {
			Records    int64   `json:"records"`
			Conflicts  int64   `json:"conflicts"`
			Unbalanced int64   `json:"unbalanced"`
			Seconds    float64 `json:"seconds"`
		}
		if err := f.call(ctx, h, map[string]any{"rebuild": what}, &summary); err != nil {
			return err
		}
		h.Console.Printf("Rebuilt in %.1f s, after giving way to %d passes.", summary.Seconds, summary.Conflicts)
		if summary.Unbalanced > 0 {
			return fmt.Errorf("the books of %d partitions don't balance: verify says what differs", summary.Unbalanced)
		}
		return nil
	}
	return c
}

// refusal is the error in a function's answer, or else the whole answer.
func refusal(answer []byte) string {
	var said struct {
		Error  string   `json:"error"`
		Errors []string `json:"errors"`
	}
	if err := json.Unmarshal(answer, &said); err == nil && said.Error+strings.Join(said.Errors, "") != "" {
		if said.Error != "" {
			said.Errors = append([]string{said.Error}, said.Errors...)
		}
		return strings.Join(said.Errors, "; ")
	}
	return strings.TrimSpace(string(answer))
}

// times checks the bounds of a range, which needs both.
func times(bounds map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(bounds)) {
		if _, err := time.Parse(time.RFC3339, bounds[name]); err != nil {
			return fmt.Errorf("--%s %q is no time like 2026-11-03T12:00:00Z: a range has both --from and --to", name, bounds[name])
		}
	}
	return nil
}

func backfillCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "backfill", GroupID: groupOperators,
		Short: "have the bridge publish records of Kafka again, all or a range, while votes come in",
	}
	var o backfillOptions
	flags := c.Flags()
	flags.StringVar(&o.topic, "topic", "", "only this `TOPIC`")
	flags.StringVar(&o.partition, "partition", "", "only this partition, as `TOPIC/NUMBER`")
	flags.StringVar(&o.from, "from", "", "begin at the `OFFSET`, or at the TIME (2026-11-03T12:00:00Z) of the broker")
	flags.StringVar(&o.to, "to", "", "end before the `OFFSET` or TIME")
	f := functionFlags(flags, settings.Bridge, 120)
	c.RunE = func(c *cobra.Command, _ []string) error {
		replay, err := o.replay()
		if err != nil {
			return err
		}
		return backfill(c.Context(), h, f, replay)
	}
	return c
}

type backfillOptions struct{ topic, partition, from, to string }

// replay is what the bridge is asked for.
func (o backfillOptions) replay() (map[string]any, error) {
	replay := map[string]any{}
	if o.topic != "" {
		replay["topic"] = o.topic
	}
	if o.partition != "" {
		topic, number, _ := strings.Cut(o.partition, "/")
		n, err := strconv.ParseInt(number, 10, 32)
		if err != nil || topic == "" || o.topic != "" && o.topic != topic {
			return nil, fmt.Errorf("--partition %q: write it as votes/0, of the topic that --topic names", o.partition)
		}
		replay["topic"], replay["partition"] = topic, n
	}
	for name, bound := range map[string]string{"from": o.from, "to": o.to} {
		if bound == "" {
			continue
		}
		if offset, err := strconv.ParseInt(bound, 10, 64); err == nil {
			replay[name] = offset
		} else if at, err := time.Parse(time.RFC3339, bound); err == nil {
			replay[name+"_time"] = at
		} else {
			return nil, fmt.Errorf("--%s %q is neither an offset nor a time like 2026-11-03T12:00:00Z", name, bound)
		}
	}
	return replay, nil
}

// backfill calls the bridge until it has published everything.
func backfill(ctx context.Context, h *Host, f *functionCall, replay map[string]any) error {
	var records int64
	for {
		var summary struct {
			Records  int64            `json:"records"`
			CaughtUp bool             `json:"caught_up"`
			Next     map[string]int64 `json:"next"`
			Warnings []string         `json:"warnings"`
		}
		if err := f.call(ctx, h, map[string]any{"replay": replay}, &summary); err != nil {
			return err
		}
		for _, w := range summary.Warnings {
			h.Console.Printf("Warning: %s", w)
		}
		records += summary.Records
		h.Console.Printf("%s records are on their way.", console.Number(records))
		switch {
		case summary.CaughtUp:
			return nil
		case len(summary.Next) == 0 || summary.Records == 0:
			return errors.New("the bridge didn't publish everything, and doesn't come on: its log says why")
		}
		replay["next"] = summary.Next
	}
}

// functionCall is how a function is called.
type functionCall struct {
	name    string
	url     string
	seconds float64
}

// functionFlags define where a function answers, and how long it may work.
func functionFlags(flags *pflag.FlagSet, name string, seconds float64) *functionCall {
	f := &functionCall{name: name}
	flags.StringVar(&f.url, "url", "http://"+settings.FixedAddresses().Functions+"/"+name,
		"`URL` of the function "+name+"; with $IDENTITY_TOKEN for one that lets only some in")
	flags.Float64Var(&f.seconds, "seconds", seconds, "most `SECONDS` of a call: less than the function's own time-out")
	return f
}

// call posts a request to the function and decodes its answer.
func (f *functionCall) call(ctx context.Context, h *Host, request map[string]any, into any) error {
	request["seconds"] = f.seconds
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	// When its time is up, the function ends what it has begun.
	const grace = 10 * time.Minute
	ctx, cancel := context.WithTimeout(ctx, time.Duration(f.seconds*float64(time.Second))+grace)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token := h.Getenv("IDENTITY_TOKEN"); token != "" {
		if req.URL.Scheme != "https" {
			return fmt.Errorf("%s isn't https: the token in IDENTITY_TOKEN would be sent in the clear", f.url)
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("%s can't be reached: --url is %s: start it (go run ./local up), or name the one of a deployment (terraform output functions): %w", f.name, f.url, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", f.name, err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%s doesn't let you in (%s): set IDENTITY_TOKEN to what gcloud auth print-identity-token prints", f.name, resp.Status)
	default:
		return fmt.Errorf("%s answers %s: %s", f.name, resp.Status, refusal(text))
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("the answer of %s: %w", f.name, err)
	}
	return nil
}
