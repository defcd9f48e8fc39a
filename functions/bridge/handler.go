package bridge

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

// Bridge is the handler of drains. Drains may run at the same time; each has
// connections to Kafka of its own, and leaves nothing running behind it.
type Bridge struct {
	config    Config
	publisher Publisher
	log       *slog.Logger
	release   func(ctx context.Context) error // of the publisher

	// commits returns where commits are kept.
	commits func(admin *kadm.Client) kafkalog.Commits

	drains  *function.Work
	reached atomic.Bool // whether a drain has reached a broker
}

// Close implements function.Stage. The drains under way read no more, publish
// what they have read, and commit it.
func (b *Bridge) Close(ctx context.Context) error {
	return errors.Join(b.drains.Close(ctx), b.release(ctx))
}

// ServeHTTP runs one drain and answers with its Summary: 200, or 500 where a
// record that could be read wasn't carried, so that a scheduler tries again. It
// answers 400 to a request that can't be followed.
func (b *Bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request, err := drain.ReadBridge(w, r)
	if err != nil {
		logging.Add(r.Context(), slog.String("error", err.Error()))
		function.Error(w, function.Status(err, http.StatusBadRequest), err)
		return
	}
	if request.Operation != "" {
		logging.Add(r.Context(), slog.String("operation", request.Operation))
	}
	ctx, done, err := b.drains.Begin(r.Context())
	if err != nil {
		function.Error(w, function.Status(err, http.StatusServiceUnavailable), err)
		return
	}
	defer done()
	summary, err := newLoop(b, request).run(ctx)
	if err != nil {
		logging.Add(r.Context(), slog.String("error", err.Error()))
		function.Error(w, function.Status(err, http.StatusBadRequest), err)
		return
	}
	logSummary(r.Context(), &summary)
	status := http.StatusOK
	if len(summary.Errors) > 0 {
		status = http.StatusInternalServerError
	}
	function.JSON(w, status, summary)
}

// Drain runs one drain. It ends early once the bridge is closed, with all that
// it has read committed, or ctx is done, with what was acknowledged by then.
func (b *Bridge) Drain(ctx context.Context, r drain.BridgeRequest) drain.BridgeSummary {
	ctx, done, err := b.drains.Begin(ctx)
	if err != nil {
		return drain.BridgeSummary{Errors: []string{err.Error()}}
	}
	defer done()
	summary, err := newLoop(b, r).run(ctx)
	if err != nil {
		summary.Errors = append(summary.Errors, err.Error())
	}
	return summary
}

func logSummary(ctx context.Context, s *drain.BridgeSummary) {
	logging.Raise(ctx, slog.LevelInfo)
	logging.Add(ctx,
		slog.Int64("records", s.Records), slog.Int64("bytes", s.Bytes), slog.Int64("messages", s.Messages),
		slog.Int("partitions", s.Partitions), slog.Int64("lag", s.Lag), slog.Bool("caught_up", s.CaughtUp))
	if held := time.Duration(s.Held * float64(time.Second)).Round(time.Millisecond); held > 0 {
		logging.Add(ctx, slog.Duration("held", held))
	}
	if s.Idle {
		logging.Add(ctx, slog.Bool("idle", true))
	}
	if s.Next != nil {
		logging.Add(ctx, slog.Any("next", s.Next))
	}
	if len(s.Warnings) > 0 {
		logging.Raise(ctx, slog.LevelWarn)
		logging.Add(ctx, slog.Any("warnings", s.Warnings))
	}
	if len(s.Errors) > 0 {
		logging.Add(ctx, slog.Any("errors", s.Errors))
	}
}
