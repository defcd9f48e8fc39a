// Package dashboard is the public face of the count: an HTML page and a JSON
// API over the analytics tables, served by an HTTP function.
//
//	GET /                      the page, which keeps itself up to date
//	GET /api/v1/results        everything on it as JSON, through filters
//	GET /api/v1/stream         the same as server-sent events: what changes
//	GET /api/v1/SECTION.json   one section as rows, also as SECTION.csv
//	GET /api/v1/books          the books alone
//	GET /healthz               whether the process lives; reads nothing
//
// The API's reference is api.md.
//
// Requests are answered from memory, see cache: however many viewers there
// are, at most one query per refresh reaches the warehouse. Answers are
// encoded and compressed once per change of a figure and carry strong ETags.
//
// It only reads, knows nothing of single voters, and doesn't count: every
// figure is a column of an analytics table, or a sum or ratio of such.
package dashboard

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

func init() { function.Register("dashboard", build) }

func build(ctx context.Context, getenv func(string) string) (http.Handler, error) {
	c, err := ConfigFrom(getenv)
	if err != nil {
		return nil, err
	}
	h, err := New(ctx, c)
	if err != nil {
		return nil, err
	}
	go h.closeOnTerm()
	return h, nil
}

// closeOnTerm ends the streams when the platform is about to end the process,
// so that their readers know, and then leaves the signal to the runtime.
func (h *Handler) closeOnTerm() {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	<-term
	h.streams.Close()
	signal.Reset(syscall.SIGTERM)
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Signal(syscall.SIGTERM) // the platform will kill the process soon
	}
}

// New returns the dashboard over BigQuery. Its client lives until Close.
func New(ctx context.Context, c Config) (*Handler, error) {
	client, err := c.Cloud.NewBigQuery(ctx)
	if err != nil {
		return nil, err
	}
	h, err := NewHandler(c, snapshot.NewBigQuery(client, c.Election.ID), logging.Default())
	if err != nil {
		return nil, err
	}
	h.release = client.Close
	return h, nil
}
