package rest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// location is where all data of the emulator is.
const location = "US"

// The states of a job.
const (
	pending = "PENDING"
	running = "RUNNING"
	done    = "DONE"
)

type jobKey struct{ project, id string }

// A job is one query, load or copy, from its insertion on. Its results live as
// long as the store keeps them.
type job struct {
	key     jobKey
	parent  *job // of a statement of a script
	reason  string
	config  *bqv2.JobConfiguration // not changed after creation
	request string                 // the requestId of jobs.query, "" for none
	anon    bool                   // the result has a table of its own
	created time.Time
	ctx     context.Context // of the work, not of a request
	stop    context.CancelCauseFunc
	ended   chan struct{} // closed when the state is DONE

	mu       sync.Mutex
	state    string
	started  time.Time
	finished time.Time
	failure  *engine.Error
	outcome  outcome
	evicted  bool // the rows are gone
	children int
}

// outcome is what a job has done; the field of its kind is set.
type outcome struct {
	query *engine.Result
	load  *bqv2.JobStatistics3
	copy  *bqv2.JobStatistics5
}

// newJob makes a job and fills in what BigQuery adds to its configuration.
func newJob(ctx context.Context, key jobKey, config *bqv2.JobConfiguration) *job {
	j := &job{
		key: key, config: config, reason: "REQUESTED", created: time.Now(),
		ended: make(chan struct{}), state: pending,
	}
	j.ctx, j.stop = context.WithCancelCause(ctx)
	switch {
	case config.Query != nil:
		config.JobType = "QUERY"
		q := config.Query
		if q.Priority == "" {
			q.Priority = "INTERACTIVE"
		}
		if q.UseLegacySql == nil {
			q.UseLegacySql = new(bool)
		}
		if q.DestinationTable == nil && !config.DryRun {
			q.DestinationTable = anonymous(key)
			q.WriteDisposition = "WRITE_TRUNCATE"
			j.anon = true
		}
	case config.Load != nil:
		config.JobType = "LOAD"
	case config.Copy != nil:
		config.JobType = "COPY"
	case config.Extract != nil:
		config.JobType = "EXTRACT"
	}
	return j
}

// anonymous names the table that holds a query's result.
func anonymous(key jobKey) *bqv2.TableReference {
	owner := sha256.Sum256([]byte(key.project))
	name := sha256.Sum256([]byte(key.project + ":" + key.id))
	return &bqv2.TableReference{
		ProjectId: key.project,
		DatasetId: "_" + hex.EncodeToString(owner[:20]),
		TableId:   "anon" + hex.EncodeToString(name[:]),
	}
}

// resultRef is the table that a query's result can be read from.
func (j *job) resultRef() engine.TableRef {
	d := j.config.Query.DestinationTable
	return engine.TableRef{Project: d.ProjectId, Dataset: d.DatasetId, Table: d.TableId}
}

// resultTable describes the result as a table.
func (j *job) resultTable() *bqv2.Table {
	j.mu.Lock()
	defer j.mu.Unlock()
	ms := j.finished.UnixMilli()
	t := &bqv2.Table{
		TableReference: j.config.Query.DestinationTable,
		CreationTime:   ms, LastModifiedTime: uint64(ms), ExpirationTime: j.finished.Add(24 * time.Hour).UnixMilli(),
		Location: location, Type: "TABLE",
	}
	if q := j.outcome.query; q != nil && q.Rows != nil {
		t.Schema = &bqv2.TableSchema{Fields: q.Rows.Schema}
		t.NumRows = uint64(len(q.Rows.Values))
	}
	t.Etag = wire.EtagOf(t)
	return t
}

// cancel ends the job at a user's request, if it has not ended yet.
func (j *job) cancel() { j.stop(errCancelled) }

// is reports whether the job is in one of some states, in any case.
func (j *job) is(states []string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.ContainsFunc(states, func(s string) bool { return strings.EqualFold(s, j.state) })
}

func (j *job) begin() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state, j.started = running, time.Now()
}

// finish records the end. The caller closes ended once the store has the rows.
func (j *job) finish(out outcome, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.finished = time.Now()
	if j.started.IsZero() {
		j.started = j.finished
	}
	j.state, j.outcome = done, out
	if err != nil {
		j.failure = wire.AsError(err)
	}
	if out.query != nil {
		j.children = len(out.query.Children)
	}
}

// wait returns when the job has ended, or with false when ctx is over first.
func (j *job) wait(ctx context.Context) bool {
	select {
	case <-j.ended:
		return true
	default:
	}
	select {
	case <-j.ended:
		return true
	case <-ctx.Done():
		return false
	}
}

// waitFor is wait with a time limit.
func (j *job) waitFor(ctx context.Context, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return j.wait(ctx)
}

// result returns the outcome of a query that has ended.
func (j *job) result() (*engine.Result, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.failure != nil:
		return nil, j.failure
	case j.outcome.query == nil:
		return nil, wire.Invalid("Cannot return results of job %s: it is no query job", j.id())
	case j.evicted:
		return nil, wire.NotFound("the results of job %s. The emulator keeps results in memory, up to a limit; run the query again or give it a destination table", j.id())
	}
	return j.outcome.query, nil
}

// id is the job's full name.
func (j *job) id() string { return fmt.Sprintf("%s:%s.%s", j.key.project, location, j.key.id) }
