package rest

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// queryOf translates a query job's configuration, refusing what the emulator
// does not have.
func queryOf(key job.Key, config *bqv2.JobConfiguration, anon bool) (engine.Query, error) {
	c := config.Query
	if strings.TrimSpace(c.Query) == "" {
		return engine.Query{}, wire.Required("query")
	}
	if err := checkLength(c.Query); err != nil {
		return engine.Query{}, err
	}
	if err := job.CheckDialect(c.Query, c.UseLegacySql); err != nil {
		return engine.Query{}, err
	}
	q := engine.Query{
		SQL: c.Query, JobID: key.ID, Project: key.Project, Location: job.Location, DryRun: config.DryRun,
		NoCache:    c.UseQueryCache != nil && !*c.UseQueryCache,
		Parameters: c.QueryParameters, ParameterMode: strings.ToUpper(c.ParameterMode),
		CreateSession:    c.CreateSession,
		WriteDisposition: c.WriteDisposition, CreateDisposition: c.CreateDisposition, SchemaUpdate: c.SchemaUpdateOptions,
		TimePartitioning: c.TimePartitioning, RangePartitioning: c.RangePartitioning, Clustering: c.Clustering,
	}
	if d := c.DefaultDataset; d != nil {
		q.DefaultDataset, q.DefaultProject = d.DatasetId, d.ProjectId
	}
	table := ""
	if c.DestinationTable != nil {
		table = c.DestinationTable.TableId
	}
	if err := job.CheckDispositions("query", c.WriteDisposition, c.CreateDisposition, c.SchemaUpdateOptions, table); err != nil {
		return engine.Query{}, err
	}
	if d := c.DestinationTable; d != nil && !anon {
		ref := job.TableRef(d, key.Project)
		q.Destination = &ref
	}
	for _, p := range c.ConnectionProperties {
		switch p.Key {
		case "session_id":
			q.SessionID = p.Value
		case "time_zone":
			q.TimeZone = p.Value
		case "query_label", "service_account":
		default:
			return engine.Query{}, wire.NotSupported("The connection property %s", p.Key)
		}
	}
	return q, nil
}

// maxQuery is how many characters a query may have
// (https://cloud.google.com/bigquery/quotas#query_jobs).
const maxQuery = 1 << 20

// checkLength refuses a query that is too long, in the words of
// https://github.com/metabase/metabase/issues/79019.
func checkLength(sql string) error {
	if len(sql) <= maxQuery {
		return nil
	}
	n := utf8.RuneCountInString(sql)
	if n <= maxQuery {
		return nil
	}
	return wire.Invalid("The query is too large (%.2fK characters, %d characters over the limit). The maximum standard SQL query length is %.2fK characters, "+
		"including comments and white space characters.", float64(n)/1024, n-maxQuery, float64(maxQuery)/1024)
}

func (h *Handler) runQuery(q engine.Query, maxBilled int64) func(context.Context) (job.Outcome, error) {
	return func(ctx context.Context) (job.Outcome, error) {
		if err := h.jobs.MakeTables(ctx, h.engine, job.ResultNames(q.Project, q.SQL)); err != nil {
			return job.Outcome{}, err
		}
		if maxBilled > 0 && !q.DryRun {
			if err := h.checkBilled(ctx, q, maxBilled); err != nil {
				return job.Outcome{}, err
			}
		}
		result, err := h.engine.Query(ctx, q)
		if err != nil {
			return job.Outcome{}, err
		}
		return job.Outcome{Query: result}, nil
	}
}

// checkBilled holds a query's estimate against maximumBytesBilled.
func (h *Handler) checkBilled(ctx context.Context, q engine.Query, limit int64) error {
	q.DryRun = true
	result, err := h.engine.Query(ctx, q)
	if err != nil {
		return err
	}
	if need := job.Billed(result.BytesProcessed); need > limit {
		return wire.Errorf(http.StatusBadRequest, "bytesBilledLimitExceeded",
			"Query exceeded limit for bytes billed: %d. %d or higher required.", limit, need)
	}
	return nil
}
