package replay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tallystream/tallystream/shared/drain"
)

// Function is a stage that is called over HTTP, as those of the local runner are.
type Function struct {
	Name  string // for people
	URL   string // that it answers
	Token string // identity token; empty for a function that lets everybody in
}

// Aggregate implements Caller.
func (f Function) Aggregate(ctx context.Context, r drain.AggregateRequest) (drain.AggregateSummary, error) {
	return call(ctx, f, r.Request, func(ctx context.Context, client drain.Client) (drain.AggregateSummary, error) {
		return client.Aggregate(ctx, f.URL, r)
	})
}

// Bridge implements Caller.
func (f Function) Bridge(ctx context.Context, r drain.BridgeRequest) (drain.BridgeSummary, error) {
	return call(ctx, f, r.Request, func(ctx context.Context, client drain.Client) (drain.BridgeSummary, error) {
		return client.Bridge(ctx, f.URL, r)
	})
}

// grace is how long a function may take, when its time is up, to end what it has
// begun.
const grace = 10 * time.Minute

// call gives a function the time of a request, and explains an error.
func call[S any](ctx context.Context, f Function, r drain.Request, do func(context.Context, drain.Client) (S, error)) (S, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Duration(0)+grace)
	defer cancel()
	summary, err := do(ctx, drain.Client{Token: f.Token})
	return summary, f.explain(err)
}

// explain says of an error of a call what is wrong, and what to do.
func (f Function) explain(err error) error {
	var unreachable *url.Error
	var status *drain.StatusError
	switch {
	case errors.Is(err, drain.ErrInsecure):
		return fmt.Errorf("%s isn't https: the token in IDENTITY_TOKEN would be sent in the clear", f.URL)
	case errors.As(err, &unreachable):
		return fmt.Errorf("%s can't be reached: --url is %s: start it (go run ./local up); that of a deployment is called with --project and --region: %w", f.Name, f.URL, err)
	case errors.As(err, &status) && status.Code == http.StatusNotFound:
		return fmt.Errorf("%s answers %d to a call from outside (%s): call it with --project and --region, through Cloud Scheduler", f.Name, status.Code, f.URL)
	case errors.As(err, &status) && (status.Code == http.StatusUnauthorized || status.Code == http.StatusForbidden):
		return fmt.Errorf("%s doesn't let you in (%d %s): set IDENTITY_TOKEN to what gcloud auth print-identity-token prints", f.Name, status.Code, http.StatusText(status.Code))
	case errors.As(err, &status) && status.Code == http.StatusBadRequest:
		return requestError{status.Text}
	case errors.As(err, &status) && strings.HasPrefix(strings.TrimSpace(status.Text), "<"):
		return fmt.Errorf("a page comes from %s (%d %s), which is no answer of the function %s: correct --url, or look at what stands before the function", f.URL, status.Code, http.StatusText(status.Code), f.Name)
	case errors.As(err, &status):
		return fmt.Errorf("%s answers %d %s: %s", f.Name, status.Code, http.StatusText(status.Code), status.Text)
	}
	return err
}

// ErrRequest marks a request that the function can't follow, such as one for a
// partition that doesn't exist.
var ErrRequest = errors.New("the request can't be followed")

// requestError is what a function says is wrong with a request.
type requestError struct{ text string }

func (e requestError) Error() string { return e.text }

func (requestError) Is(target error) bool { return target == ErrRequest }
