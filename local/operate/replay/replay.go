// Package replay has stages of a deployment do their work again: the aggregate
// derives tables from raw, and the bridge publishes records of Kafka. Votes may come
// in meanwhile.
package replay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/tallystream/tallystream/shared/drain"
)

// Function is a stage that is called over HTTP.
type Function struct {
	Name    string  // for people
	URL     string  // that it answers
	Token   string  // identity token; empty for a function that lets everybody in
	Seconds float64 // most of one call; 0 is what the stage is configured with
}

// Rebuild has the aggregate derive the tables of a range of event time again.
func (f Function) Rebuild(ctx context.Context, r drain.Range) (summary drain.AggregateSummary, err error) {
	request := drain.AggregateRequest{Request: drain.Request{Seconds: f.Seconds}, Rebuild: &r}
	err = f.call(ctx, func(ctx context.Context, client drain.Client) (err error) {
		summary, err = client.Aggregate(ctx, f.URL, request)
		return err
	})
	return summary, err
}

// Backfill calls the bridge until it has published all records of a replay again. It
// calls progress with the summary of each call.
func (f Function) Backfill(ctx context.Context, replay drain.Replay, progress func(drain.BridgeSummary)) error {
	for {
		request := drain.BridgeRequest{Request: drain.Request{Seconds: f.Seconds}, Replay: &replay}
		var summary drain.BridgeSummary
		err := f.call(ctx, func(ctx context.Context, client drain.Client) (err error) {
			summary, err = client.Bridge(ctx, f.URL, request)
			return err
		})
		if err != nil {
			return err
		}
		progress(summary)
		switch {
		case summary.CaughtUp:
			return nil
		case len(summary.Next) == 0 || summary.Records == 0:
			return errors.New("the bridge didn't publish everything, and makes no progress: its log says why")
		}
		replay.Next = summary.Next
	}
}

// grace is how long a function may take, when its time is up, to end what it has
// begun.
const grace = 10 * time.Minute

// ErrRequest marks a request that the function can't follow, such as one for a
// partition that doesn't exist.
var ErrRequest = errors.New("the request can't be followed")

// call calls the function and explains an error.
func (f Function) call(ctx context.Context, do func(context.Context, drain.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(f.Seconds*float64(time.Second))+grace)
	defer cancel()
	err := do(ctx, drain.Client{Token: f.Token})
	var unreachable *url.Error
	var status *drain.StatusError
	switch {
	case errors.Is(err, drain.ErrInsecure):
		return fmt.Errorf("%s isn't https: the token in IDENTITY_TOKEN would be sent in the clear", f.URL)
	case errors.As(err, &unreachable):
		return fmt.Errorf("%s can't be reached: --url is %s: start it (go run ./local up), or name the one of a deployment (terraform output functions): %w", f.Name, f.URL, err)
	case errors.As(err, &status) && (status.Code == http.StatusUnauthorized || status.Code == http.StatusForbidden):
		return fmt.Errorf("%s doesn't let you in (%d %s): set IDENTITY_TOKEN to what gcloud auth print-identity-token prints", f.Name, status.Code, http.StatusText(status.Code))
	case errors.As(err, &status) && status.Code == http.StatusBadRequest:
		return requestError{status.Text}
	case errors.As(err, &status):
		return fmt.Errorf("%s answers %d %s: %s", f.Name, status.Code, http.StatusText(status.Code), status.Text)
	}
	return err
}

// requestError is what a function says is wrong with a request.
type requestError struct{ text string }

func (e requestError) Error() string { return e.text }

func (requestError) Is(target error) bool { return target == ErrRequest }
