package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/logging"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Appender stores rows. Package appendertest holds what an implementation must
// keep to.
type Appender interface {
	// Append stores all rows and returns nil only once they can't be lost. It
	// may store some of them and return an error, and may store rows twice: the
	// aggregation tells records by their origin. It is called concurrently.
	Append(ctx context.Context, rows *warehouse.Rows) error
}

// Ingest is the handler of pushes.
type Ingest struct {
	appender Appender
	rowMaker *rowMaker
	room     room
	pushes   *function.Work
	now      func() time.Time
}

// Close implements function.Stage. The pushes under way are answered before the
// appender is closed, where it can be.
func (h *Ingest) Close(ctx context.Context) error {
	err := h.pushes.Close(ctx)
	if c, ok := h.appender.(io.Closer); ok {
		err = errors.Join(err, c.Close())
	}
	return err
}

// ServeHTTP takes one push. 204 means that every record of it is stored.
func (h *Ingest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		function.Error(w, http.StatusMethodNotAllowed, errors.New("this takes POST requests of a Pub/Sub push subscription"))
		return
	}
	if err := h.ingest(w, r); err != nil {
		logging.Add(r.Context(), slog.String("error", err.Error()))
		function.Error(w, status(err), err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (h *Ingest) ingest(w http.ResponseWriter, r *http.Request) error {
	ctx, done, err := h.pushes.Begin(r.Context())
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithTimeout(ctx, appendTimeout)
	defer cancel()

	release, err := h.room.forBody(ctx, r.ContentLength)
	if err != nil {
		return err
	}
	read := sync.OnceFunc(release)
	defer read()
	m, err := readPush(w, r)
	if err != nil {
		return err
	}
	logging.Raise(ctx, slog.LevelInfo)
	logging.Add(ctx, slog.String("message_id", m.id), slog.String("attempt", m.attempt), slog.Int("bytes", len(m.data)))
	if logends.Is(m.attributes) {
		return h.ingestReport(ctx, m)
	}
	release, err = h.room.forBatch(ctx, m.data)
	if err != nil {
		return err
	}
	defer release()
	batch, err := recordbatch.Decode(m.data, m.attributes)
	if err != nil {
		return err
	}
	m = nil
	read()
	first := batch.Records[0]
	logging.Add(ctx,
		slog.String("topic", batch.Topic), slog.Int("partition", int(batch.Partition)),
		slog.Int64("first_offset", first.Offset), slog.Int("records", len(batch.Records)))

	rows := h.rowMaker.rows(batch, h.now().UTC())
	logging.Add(ctx, slog.Int("rejects", len(rows.Rejects)))
	if len(rows.Rejects) > 0 {
		logging.Add(ctx, slog.String("first_reject", rows.Rejects[0].Reason))
	}
	if err := h.appender.Append(ctx, rows); err != nil {
		return fmt.Errorf("%s[%d] from offset %d: %w", batch.Topic, batch.Partition, first.Offset, err)
	}
	// How long the oldest record took from Kafka to its table.
	logging.Add(ctx, slog.Duration("lag", h.now().Sub(time.UnixMilli(first.Timestamp)).Round(time.Millisecond)))
	return nil
}
