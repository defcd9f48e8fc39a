package rest

import (
	"context"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// runCopy checks a copy's configuration.
func (h *Handler) runCopy(key job.Key, c *bqv2.JobConfigurationTableCopy) (func(context.Context) (job.Outcome, error), error) {
	switch c.OperationType {
	case "", "OPERATION_TYPE_UNSPECIFIED", "COPY", "CLONE", "SNAPSHOT", "RESTORE":
	default:
		return nil, wire.NotSupported("The operation type %s of a copy job", c.OperationType)
	}
	sources := c.SourceTables
	if c.SourceTable != nil {
		sources = append([]*bqv2.TableReference{c.SourceTable}, sources...)
	}
	if len(sources) == 0 {
		return nil, wire.Required("configuration.copy.sourceTables")
	}
	if len(sources) > 1 && (c.OperationType == "CLONE" || c.OperationType == "SNAPSHOT" || c.OperationType == "RESTORE") {
		return nil, wire.Invalid("A copy job of operation type %s has one source table, not %d", c.OperationType, len(sources))
	}
	if c.DestinationTable == nil || c.DestinationTable.TableId == "" {
		return nil, wire.Required("configuration.copy.destinationTable")
	}
	if err := job.CheckDispositions("copy", c.WriteDisposition, c.CreateDisposition, nil, c.DestinationTable.TableId); err != nil {
		return nil, err
	}
	work := engine.Copy{Operation: c.OperationType, To: job.TableRef(c.DestinationTable, key.Project), WriteDisposition: c.WriteDisposition, CreateDisposition: c.CreateDisposition}
	for _, s := range sources {
		work.From = append(work.From, job.TableRef(s, key.Project))
	}
	return func(ctx context.Context) (job.Outcome, error) {
		if err := h.jobs.MakeTables(ctx, h.engine, work.From); err != nil {
			return job.Outcome{}, err
		}
		stats, err := h.engine.CopyTables(ctx, work)
		return job.Outcome{Copy: stats}, err
	}, nil
}
