package dashboard

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/election"
)

// TestPreview serves the page with a simulated election day of a few minutes, to look
// at it without a pipeline:
//
//	PREVIEW=127.0.0.1:8099 go test ./functions/dashboard -run TestPreview -timeout 0
//
// PREVIEW_STATE may be waiting, fill (waiting for five seconds), down, stale
// (down after five seconds) complete, delayed, catching or certified;
// PREVIEW_ELECTION another file.
func TestPreview(t *testing.T) {
	address := os.Getenv("PREVIEW")
	if address == "" {
		t.Skip("PREVIEW isn't set: nothing to serve")
	}
	c := testConfig(t)
	setElection(t, &c, sample.CountryElection(t))
	if file := os.Getenv("PREVIEW_ELECTION"); file != "" {
		e, err := election.Load(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		setElection(t, &c, e)
	}
	start := time.Now()
	store := &sample.Store{Next: func(context.Context) (*snapshot.Snapshot, error) {
		now := c.Election.Opens.Add(11*time.Hour + 20*time.Minute).Add(60 * time.Since(start))
		state := os.Getenv("PREVIEW_STATE")
		switch {
		case state == "waiting", state == "fill" && time.Since(start) < 5*time.Second:
			return nil, snapshot.ErrNoTables
		case state == "down", state == "stale" && time.Since(start) > 5*time.Second:
			return nil, errors.New("connection refused")
		case state == "complete", state == "certified":
			now = c.Election.Closes.Add(time.Hour)
		}
		s := sample.Country(c.Election, now)
		inState(s, &c, state)
		return s, nil
	}}
	h, err := NewHandler(c, store, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close(context.Background())
	t.Logf("serving on http://%s/", address)
	server := &http.Server{Addr: address, Handler: h, ReadHeaderTimeout: time.Second}
	t.Fatal(server.ListenAndServe())
}
