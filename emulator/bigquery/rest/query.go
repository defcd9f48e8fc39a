package rest

import (
	"context"
	"net/http"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// queryRequest tells an absent maxResults and timeoutMs from zero.
type queryRequest struct {
	bqv2.QueryRequest
	MaxResults *int64 `json:"maxResults"`
	TimeoutMs  *int64 `json:"timeoutMs"`
}

func postQuery(h *Handler, w http.ResponseWriter, r *http.Request) error {
	var req queryRequest
	if err := wire.Decode(w, r, &req); err != nil {
		return err
	}
	if f := req.QueryResultsFormat; f != "" && f != "QUERY_RESULTS_FORMAT_UNSPECIFIED" && f != "STRUCT_ENCODING" {
		return wire.NotSupported("The queryResultsFormat %s", f)
	}
	key := job.Key{Project: r.PathValue("projectId"), ID: job.NewID()}
	config := configOf(&req.QueryRequest)
	if err := catalog.CheckLabels(req.Labels); err != nil {
		return err
	}
	if req.DryRun {
		return h.dryRun(w, r, key, config, job.LocationOf(req.Location))
	}
	j, err := h.startQuery(asCaller(h.ctx, r), key, config, &req.QueryRequest)
	if err != nil {
		return err
	}
	wait := defaultWait
	if req.TimeoutMs != nil {
		wait = time.Duration(*req.TimeoutMs) * time.Millisecond
	}
	page := wire.PageRequest{Limit: -1}
	if req.MaxResults != nil {
		page.Limit = *req.MaxResults
	}
	if f := req.FormatOptions; f != nil {
		if err := page.SetFormat(f.UseInt64Timestamp, f.TimestampOutputFormat); err != nil {
			return err
		}
	}
	return h.replyResults(w, r, j, wait, page, true)
}

// configOf is the job configuration that a query request stands for.
func configOf(q *bqv2.QueryRequest) *bqv2.JobConfiguration {
	return &bqv2.JobConfiguration{
		DryRun: q.DryRun, Labels: q.Labels, JobTimeoutMs: q.JobTimeoutMs,
		Query: &bqv2.JobConfigurationQuery{
			Query: q.Query, DefaultDataset: q.DefaultDataset, UseLegacySql: q.UseLegacySql, UseQueryCache: q.UseQueryCache,
			QueryParameters: q.QueryParameters, ParameterMode: q.ParameterMode, MaximumBytesBilled: q.MaximumBytesBilled,
			ConnectionProperties: q.ConnectionProperties, CreateSession: q.CreateSession, Continuous: q.Continuous,
			DestinationEncryptionConfiguration: q.DestinationEncryptionConfiguration,
		},
	}
}

// startQuery starts a query's job in a context, or finds the one that a repeated request
// with the same id has started before.
func (h *Handler) startQuery(ctx context.Context, key job.Key, config *bqv2.JobConfiguration, req *bqv2.QueryRequest) (*job.Job, error) {
	run, err := h.runnerOf(key, config, nil)
	if err != nil {
		return nil, err
	}
	j := job.New(ctx, key, config)
	j.Request = req.RequestId
	j.Location = job.LocationOf(req.Location)
	started, err := h.jobs.Add(j)
	if started != j {
		j.Stop(nil)
		return started, err
	}
	return j, h.start(j, run)
}

// dryRun answers a query that is to be checked only. There is no job.
func (h *Handler) dryRun(w http.ResponseWriter, r *http.Request, key job.Key, config *bqv2.JobConfiguration, location string) error {
	q, err := queryOf(key, config, true)
	if err != nil {
		return err
	}
	result, err := h.engine.Query(asCaller(r.Context(), r), q)
	if err != nil {
		e := *wire.AsError(err)
		if e.Location == "query" {
			e.Location = "q" // the request's parameter, as BigQuery says here
		}
		return &e
	}
	out := &resultsBody{
		Kind: "bigquery#queryResponse", JobComplete: true, CacheHit: new(bool), Location: location,
		JobReference:        &bqv2.JobReference{ProjectId: key.Project, Location: location},
		TotalBytesProcessed: wire.Str(result.BytesProcessed), TotalBytesBilled: "0", TotalRows: "0",
		StatementType: result.StatementType,
	}
	if fields := job.Columns(result); fields != nil {
		out.Schema = &bqv2.TableSchema{Fields: fields}
	}
	return wire.Reply(w, out)
}

func getQueryResults(h *Handler, w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	ms, err := wire.IntParam(r, "timeoutMs", defaultWait.Milliseconds())
	if err != nil {
		return err
	}
	page, err := wire.PageOf(r)
	if err != nil {
		return err
	}
	return h.replyResults(w, r, j, time.Duration(ms)*time.Millisecond, page, false)
}

// replyResults waits for a query and answers with a page of its rows. first
// says that the answer is that of jobs.query.
func (h *Handler) replyResults(w http.ResponseWriter, r *http.Request, j *job.Job, wait time.Duration, page wire.PageRequest, first bool) error {
	out := &resultsBody{Kind: "bigquery#getQueryResultsResponse", JobReference: j.Reference()}
	if first {
		out.Kind = "bigquery#queryResponse"
		out.QueryID, out.Location = j.Key.ID, j.Location
		out.JobCreationReason = &bqv2.JobCreationReason{Code: j.Reason}
		out.CreationTime = wire.Str(j.Created.UnixMilli())
	}
	if !j.WaitFor(r.Context(), min(wait, maxWait)) {
		return wire.Reply(w, out)
	}
	q, err := j.Result()
	if err != nil {
		return err
	}
	h.jobs.Touch(j)
	out.describe(j, q, first)
	if fields := job.Columns(q); fields != nil {
		out.Schema, out.TotalRows = &bqv2.TableSchema{Fields: fields}, "0"
	}
	if q.Rows == nil {
		return wire.Reply(w, out)
	}
	out.TotalRows = wire.Str(int64(len(q.Rows.Values)))
	return page.Reply(w, out, q.Rows, int64(len(q.Rows.Values)))
}

// describe fills in what is known of a query that has ended.
func (out *resultsBody) describe(j *job.Job, q *engine.Result, first bool) {
	out.JobComplete, out.CacheHit = true, &q.CacheHit
	out.TotalBytesProcessed = wire.Str(q.BytesProcessed)
	if q.DML != nil {
		out.NumDmlAffectedRows = wire.Str(job.Affected(q.DML))
		if first {
			out.DmlStats = q.DML
		}
	}
	if !first {
		out.Etag = wire.EtagOf([]any{j.Key.ID, j.Finished.UnixMilli()})
		return
	}
	out.TotalBytesBilled = wire.Str(job.Billed(q.BytesProcessed))
	out.StatementType = q.StatementType
	out.StartTime, out.EndTime = wire.Str(j.Started.UnixMilli()), wire.Str(j.Finished.UnixMilli())
	if q.SessionID != "" {
		out.SessionInfo = &bqv2.SessionInfo{SessionId: q.SessionID}
	}
}

// resultsBody is the answer of jobs.query and jobs.getQueryResults without its
// rows, which are appended to its JSON.
type resultsBody struct {
	Kind                string                  `json:"kind"`
	Etag                string                  `json:"etag,omitempty"`
	Schema              *bqv2.TableSchema       `json:"schema,omitempty"`
	JobReference        *bqv2.JobReference      `json:"jobReference"`
	QueryID             string                  `json:"queryId,omitempty"`
	Location            string                  `json:"location,omitempty"`
	JobCreationReason   *bqv2.JobCreationReason `json:"jobCreationReason,omitempty"`
	SessionInfo         *bqv2.SessionInfo       `json:"sessionInfo,omitempty"`
	StatementType       string                  `json:"statementType,omitempty"`
	TotalRows           string                  `json:"totalRows,omitempty"`
	TotalBytesProcessed string                  `json:"totalBytesProcessed,omitempty"`
	TotalBytesBilled    string                  `json:"totalBytesBilled,omitempty"`
	CreationTime        string                  `json:"creationTime,omitempty"`
	StartTime           string                  `json:"startTime,omitempty"`
	EndTime             string                  `json:"endTime,omitempty"`
	NumDmlAffectedRows  string                  `json:"numDmlAffectedRows,omitempty"`
	DmlStats            *bqv2.DmlStatistics     `json:"dmlStats,omitempty"`
	CacheHit            *bool                   `json:"cacheHit,omitempty"`
	JobComplete         bool                    `json:"jobComplete"`
}
