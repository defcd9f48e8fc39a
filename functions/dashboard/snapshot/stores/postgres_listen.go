package stores

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/shared/postgres"
)

// subscriptions are to the channels that an append and a pass notify when they commit.
var subscriptions = []string{"LISTEN " + postgres.RawChannel, "LISTEN " + postgres.AnalyticsChannel}

// The pause before another connection is made grows from least to most.
const (
	leastListenPause = 100 * time.Millisecond
	mostListenPause  = 5 * time.Second
)

// A listener has a connection of its own, on which it learns when tables have changed. It
// replaces a connection that is lost. It works from the first call of Wake until it is closed.
type listener struct {
	pool *pgxpool.Pool
	log  *slog.Logger
	wake chan struct{}
	pass atomic.Pointer[time.Time] // see PassAt

	ctx    context.Context // ends with the listener
	cancel context.CancelFunc
	start  sync.Once
	done   sync.WaitGroup
}

func newListener(pool *pgxpool.Pool, log *slog.Logger) *listener {
	ctx, cancel := context.WithCancel(context.Background())
	return &listener{pool: pool, log: log, wake: make(chan struct{}, 1), ctx: ctx, cancel: cancel}
}

// Wake implements snapshot.Waker.
func (l *listener) Wake() <-chan struct{} {
	l.start.Do(func() { l.done.Go(l.run) })
	return l.wake
}

// PassAt implements snapshot.Waker.
func (l *listener) PassAt() time.Time {
	if at := l.pass.Load(); at != nil {
		return *at
	}
	return time.Time{}
}

// Close ends the connection.
func (l *listener) Close() {
	l.cancel()
	l.done.Wait()
}

// run makes connections until the listener ends. Of failures in a row only the first is
// logged.
func (l *listener) run() {
	for failures := 0; ; failures++ {
		heard, err := l.hear(l.ctx, failures > 0)
		if l.ctx.Err() != nil {
			return
		}
		if heard {
			failures = 0
		}
		if failures == 0 {
			l.log.LogAttrs(l.ctx, slog.LevelWarn, "nothing tells the dashboard of changes until LISTEN succeeds again: it looks for them every REFRESH",
				slog.Any("error", postgres.Explain(err)))
		}
		select {
		case <-l.ctx.Done():
			return
		case <-time.After(min(leastListenPause<<min(failures, 10), mostListenPause)):
		}
	}
}

// hear makes a connection and passes on its notifications until it is lost. It reports
// whether the connection was made. If another one was lost before, it logs that.
func (l *listener) hear(ctx context.Context, again bool) (heard bool, err error) {
	pooled, err := l.pool.Acquire(ctx)
	if err != nil {
		return false, err
	}
	conn := pooled.Hijack()     // it listens for good: the pool may make another one
	defer disconnect(ctx, conn) // the server forgets the subscription with it
	for _, statement := range subscriptions {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return false, err
		}
	}
	if again {
		l.log.LogAttrs(ctx, slog.LevelInfo, "the dashboard is told of changes again")
	}
	for {
		select {
		case l.wake <- struct{}{}: // also for what came before the connection
		default:
		}
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return true, err
		}
		if n.Channel == postgres.AnalyticsChannel && n.Payload == postgres.PassPayload {
			now := time.Now()
			l.pass.Store(&now)
		}
	}
}

// disconnect closes a connection, even if ctx has ended.
func disconnect(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}
