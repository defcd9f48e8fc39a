package rest

import (
	"context"
	"fmt"
	"net/http"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// runCopy checks a copy's configuration.
func (h *Handler) runCopy(key job.Key, c *bqv2.JobConfigurationTableCopy) (func(context.Context) (job.Outcome, error), error) {
	switch c.OperationType {
	case "", "OPERATION_TYPE_UNSPECIFIED", "COPY":
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
	if c.DestinationTable == nil || c.DestinationTable.TableId == "" {
		return nil, wire.Required("configuration.copy.destinationTable")
	}
	cp := &copier{engine: h.engine, config: c, to: *refOf(c.DestinationTable, key.Project)}
	for _, s := range sources {
		cp.from = append(cp.from, *refOf(s, key.Project))
	}
	return func(ctx context.Context) (job.Outcome, error) {
		stats, err := cp.run(ctx)
		return job.Outcome{Copy: stats}, err
	}, nil
}

// A copier does one copy job.
type copier struct {
	engine engine.API
	config *bqv2.JobConfigurationTableCopy
	from   []engine.TableRef
	to     engine.TableRef
}

func (c *copier) run(ctx context.Context) (*bqv2.JobStatistics5, error) {
	var total, bytes int64
	var first *bqv2.Table
	counts := make([]int64, len(c.from))
	if err := c.engine.PermitWrite(ctx, c.to); err != nil {
		return nil, err
	}
	for i, ref := range c.from {
		if err := c.engine.Permit(ctx, "bigquery.tables.getData", ref); err != nil {
			return nil, err
		}
		t, err := c.engine.Table(ctx, ref)
		if err != nil {
			return nil, err
		}
		if tableType(t) != "TABLE" {
			return nil, wire.Invalid("Cannot copy %s: it is a %s, not a table", ref, tableType(t))
		}
		counts[i] = int64(t.NumRows)
		total, bytes = total+counts[i], bytes+t.NumBytes
		if first == nil {
			first = t
		}
	}
	if err := c.prepare(ctx, first); err != nil {
		return nil, err
	}
	for i, ref := range c.from {
		if err := c.insert(ctx, ref, counts[i], first); err != nil {
			return nil, err
		}
	}
	return &bqv2.JobStatistics5{CopiedRows: total, CopiedLogicalBytes: bytes, ForceSendFields: []string{"CopiedRows", "CopiedLogicalBytes"}}, nil
}

// prepare makes the destination, like the first source, or empties it.
func (c *copier) prepare(ctx context.Context, source *bqv2.Table) error {
	dest, err := c.engine.Table(ctx, c.to)
	missing := err != nil && wire.AsError(err).Reason == "notFound"
	switch {
	case err != nil && !missing:
		return err
	case missing && c.config.CreateDisposition == "CREATE_NEVER":
		return err
	case !missing && c.config.WriteDisposition == "WRITE_APPEND":
		return nil
	case !missing && c.config.WriteDisposition != "WRITE_TRUNCATE" && dest.NumRows > 0:
		return wire.Errorf(http.StatusConflict, "duplicate", "Already Exists: Table %s", c.to)
	case !missing:
		if err := c.engine.DeleteTable(ctx, c.to); err != nil {
			return err
		}
	}
	_, err = c.engine.CreateTable(ctx, &bqv2.Table{
		TableReference: job.RestRef(c.to), Schema: source.Schema, Description: source.Description, Labels: source.Labels,
		TimePartitioning: source.TimePartitioning, RangePartitioning: source.RangePartitioning, Clustering: source.Clustering,
		RequirePartitionFilter: source.RequirePartitionFilter,
	})
	return err
}

// copyChunk is how many rows are read at a time.
const copyChunk = 100_000

// insert copies the first n rows of a table: those that arrive meanwhile, and
// those of a copy into itself, aren't part of the copy.
func (c *copier) insert(ctx context.Context, ref engine.TableRef, n int64, source *bqv2.Table) error {
	var columns []string
	for _, f := range source.Schema.Fields {
		columns = append(columns, f.Name)
	}
	for start := int64(0); start < n; start += copyChunk {
		rows, err := c.engine.ReadTable(ctx, ref, start, min(copyChunk, n-start))
		if err != nil {
			return err
		}
		if len(rows.Schema) != len(columns) {
			return wire.Invalid("Provided Schema does not match Table %s: it has %d columns, not %d", ref, len(columns), len(rows.Schema))
		}
		if err := c.engine.Append(ctx, c.to, columns, rows.Values); err != nil {
			return fmt.Errorf("copy %s to %s: %w", ref, c.to, err)
		}
	}
	return nil
}
