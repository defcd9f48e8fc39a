package bridge

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

// Bridge is the handler of drains. Drains may run at the same time; each has
// connections to Kafka of its own, and leaves nothing running behind it.
type Bridge struct {
	config    Config
	publisher Publisher
	log       *slog.Logger
	release   func() error

	// openOffsets returns where commits are kept.
	openOffsets func(admin *kadm.Client) offsetStore

	life   context.Context // ends with Close
	end    context.CancelFunc
	drains sync.WaitGroup
}

// New returns the bridge that publishes to Pub/Sub. Nothing is dialled yet.
func New(ctx context.Context, c Config) (*Bridge, error) {
	client, err := c.Cloud.NewPubSub(ctx)
	if err != nil {
		return nil, err
	}
	publisher := newTopicPublisher(client, c.PubSubTopic)
	b := NewWith(c, publisher, logging.Default())
	b.release = func() error {
		publisher.Stop()
		return client.Close()
	}
	return b, nil
}

// NewWith returns the bridge that publishes by any publisher.
func NewWith(c Config, publisher Publisher, log *slog.Logger) *Bridge {
	life, end := context.WithCancel(context.Background())
	return &Bridge{
		config:    c,
		publisher: publisher,
		log:       log,
		release:   func() error { return nil },
		openOffsets: func(admin *kadm.Client) offsetStore {
			return groupOffsets{admin: admin, group: c.Group}
		},
		life: life,
		end:  end,
	}
}

// Close ends the drains under way, which commit what is acknowledged, and
// closes the publisher.
func (b *Bridge) Close() error {
	b.end()
	b.drains.Wait()
	return b.release()
}

// ServeHTTP runs one drain and answers with its Summary: 200, or 500 where a
// record that could be read wasn't carried, so that a scheduler tries again.
func (b *Bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		function.Error(w, http.StatusMethodNotAllowed, errors.New("a drain is asked for with POST"))
		return
	}
	body, err := function.ReadBody(w, r, maxRequestBytes)
	var request Request
	if err == nil {
		request, err = parseRequest(body)
	}
	if err != nil {
		logging.Add(r.Context(), slog.String("error", err.Error()))
		function.Error(w, function.Status(err, http.StatusBadRequest), err)
		return
	}
	summary := b.Drain(r.Context(), request)
	logSummary(r.Context(), &summary)
	status := http.StatusOK
	if len(summary.Errors) > 0 {
		status = http.StatusInternalServerError
	}
	function.JSON(w, status, summary)
}

// Drain runs one drain. It returns early once ctx is done or the bridge is
// closed; what is acknowledged by then is committed.
func (b *Bridge) Drain(ctx context.Context, r Request) Summary {
	b.drains.Add(1)
	defer b.drains.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.life, cancel)()
	return newDrain(b, r).run(ctx)
}

func logSummary(ctx context.Context, s *Summary) {
	logging.Raise(ctx, slog.LevelInfo)
	logging.Add(ctx,
		slog.Int64("records", s.Records), slog.Int64("bytes", s.Bytes), slog.Int64("messages", s.Messages),
		slog.Int("partitions", s.Partitions), slog.Int64("lag", s.Lag), slog.Bool("caught_up", s.CaughtUp))
	if held := time.Duration(s.Held * float64(time.Second)).Round(time.Millisecond); held > 0 {
		logging.Add(ctx, slog.Duration("held", held))
	}
	if len(s.Warnings) > 0 {
		logging.Raise(ctx, slog.LevelWarn)
		logging.Add(ctx, slog.Any("warnings", s.Warnings))
	}
	if len(s.Errors) > 0 {
		logging.Add(ctx, slog.Any("errors", s.Errors))
	}
}
