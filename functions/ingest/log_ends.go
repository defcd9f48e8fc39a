package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/logging"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// ingestReport stores a report of how far the logs of partitions reach on Kafka.
func (h *Ingest) ingestReport(ctx context.Context, m *message) error {
	report, err := logends.Decode(m.data, m.attributes)
	if err != nil {
		return err
	}
	logging.Add(ctx, slog.Int("log_ends", len(report.Partitions)))
	rows := &warehouse.Rows{IngestedAt: h.now().UTC(), LogEnds: make([]warehouse.LogEndRow, len(report.Partitions))}
	for i, p := range report.Partitions {
		rows.LogEnds[i] = warehouse.LogEndRow{Partition: p, ObservedAt: report.ObservedAt.UTC()}
	}
	if err := h.appender.Append(ctx, rows); err != nil {
		return fmt.Errorf("log ends of %d partitions, observed at %s: %w", len(report.Partitions), report.ObservedAt.Format(time.RFC3339), err)
	}
	return nil
}
