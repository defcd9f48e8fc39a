// Package job is the jobs of the REST API: what they are while they run, what is kept of
// them, and the resources that describe them. It runs none.
package job

import (
	"context"
	"crypto/rand"
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

// Location is where a job runs whose request doesn't say.
const Location = "US"

// User names the one user of the emulator.
const User = "emulator@localhost"

// The states of a job.
const (
	pending = "PENDING"
	running = "RUNNING"
	done    = "DONE"
)

// Key names a job.
type Key struct{ Project, ID string }

// Job is one query, load or copy, from its insertion on. Its results live as
// long as the store keeps them.
type Job struct {
	Key       Key
	Location  string // where the request says that it runs; all of it is on one machine
	Parent    *Job   // of a statement of a script
	Reason    string
	Config    *bqv2.JobConfiguration // not changed after creation
	Request   string                 // the requestId of jobs.query, "" for none
	Anonymous bool                   // the result has a table of its own
	Created   time.Time
	Context   context.Context // of the work, not of a request
	Stop      context.CancelCauseFunc
	Ended     chan struct{} // closed when the state is DONE

	mu       sync.Mutex
	state    string
	Started  time.Time
	Finished time.Time
	Failure  *engine.Error
	outcome  Outcome
	evicted  bool // the rows are gone
	children int
}

// Outcome is what a job has done; the field of its kind is set.
type Outcome struct {
	Query   *engine.Result
	Load    *bqv2.JobStatistics3
	Copy    *bqv2.JobStatistics5
	Extract *bqv2.JobStatistics4
}

// errCancelled ends a job that a user has cancelled.
var errCancelled = wire.Errorf(400, "stopped", "Job execution was cancelled: User requested cancellation")

// New makes a job and fills in what BigQuery adds to its configuration.
func New(ctx context.Context, key Key, config *bqv2.JobConfiguration) *Job {
	j := &Job{
		Key: key, Location: Location, Config: config, Reason: "REQUESTED", Created: time.Now(),
		Ended: make(chan struct{}), state: pending,
	}
	j.Context, j.Stop = context.WithCancelCause(ctx)
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
			j.Anonymous = true
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

// AnonymousDataset is the hidden dataset of a project's results. Clients learn of it from these, and load tables of
// their own into it.
func AnonymousDataset(project string) string {
	owner := sha256.Sum256([]byte(project))
	return "_" + hex.EncodeToString(owner[:20])
}

// anonymous names the table that holds a query's result.
func anonymous(key Key) *bqv2.TableReference {
	name := sha256.Sum256([]byte(key.Project + ":" + key.ID))
	return &bqv2.TableReference{
		ProjectId: key.Project,
		DatasetId: AnonymousDataset(key.Project),
		TableId:   "anon" + hex.EncodeToString(name[:]),
	}
}

// configuration is what a client sees: the destination of a statement that creates a table
// or a view is what it created, as the clients' examples in
// https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language
// print it; that of DML is the table that it changes.
func (j *Job) configuration() *bqv2.JobConfiguration {
	q := j.outcome.Query
	if q == nil {
		return j.Config
	}
	target := q.Target
	if q.DDLTarget != nil && q.DDLTarget.Table != "" && strings.HasPrefix(q.StatementType, "CREATE_") {
		target = q.DDLTarget
	}
	if target == nil || j.Config.DryRun && q.DDLTarget == nil {
		return j.Config
	}
	config, query := *j.Config, *j.Config.Query
	query.DestinationTable = RestRef(*target)
	config.Query = &query
	return &config
}

// resultRef is the table that a query's result can be read from.
func (j *Job) resultRef() engine.TableRef {
	d := j.Config.Query.DestinationTable
	return engine.TableRef{Project: d.ProjectId, Dataset: d.DatasetId, Table: d.TableId}
}

// ResultTable describes the result as a table.
func (j *Job) ResultTable() *bqv2.Table {
	j.mu.Lock()
	defer j.mu.Unlock()
	ms := j.Finished.UnixMilli()
	t := &bqv2.Table{
		TableReference: j.Config.Query.DestinationTable,
		CreationTime:   ms, LastModifiedTime: uint64(ms), ExpirationTime: j.Finished.Add(24 * time.Hour).UnixMilli(),
		Location: j.Location, Type: "TABLE",
	}
	if q := j.outcome.Query; q != nil && q.Rows != nil {
		t.Schema = &bqv2.TableSchema{Fields: q.Rows.Schema}
		t.NumRows = uint64(len(q.Rows.Values))
	}
	t.Etag = wire.EtagOf(t)
	return t
}

// At says that the job is where a request looks for it: "" is anywhere.
func (j *Job) At(location string) bool {
	return location == "" || strings.EqualFold(location, j.Location)
}

// LocationOf is the location that a request names, as BigQuery writes it, or where jobs run by default.
func LocationOf(name string) string {
	switch name = strings.ToLower(name); name {
	case "":
		return Location
	case "us", "eu": // multi-regions
		return strings.ToUpper(name)
	}
	return name
}

// Cancel ends the job at a user's request, if it has not ended yet.
func (j *Job) Cancel() { j.Stop(errCancelled) }

// Is reports whether the job is in one of some states, in any case.
func (j *Job) Is(states []string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.ContainsFunc(states, func(s string) bool { return strings.EqualFold(s, j.state) })
}

// Begin says that the job runs from now on.
func (j *Job) Begin() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state, j.Started = running, time.Now()
}

// Finish records the end. The caller closes ended once the store has the rows.
func (j *Job) Finish(out Outcome, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.Finished = time.Now()
	if j.Started.IsZero() {
		j.Started = j.Finished
	}
	j.state, j.outcome = done, out
	if err != nil {
		j.Failure = wire.AsError(err)
	}
	if out.Query != nil {
		j.children = len(out.Query.Children)
	}
}

// Wait returns when the job has ended, or with false when ctx is over first.
func (j *Job) Wait(ctx context.Context) bool {
	select {
	case <-j.Ended:
		return true
	default:
	}
	select {
	case <-j.Ended:
		return true
	case <-ctx.Done():
		return false
	}
}

// WaitFor is wait with a time limit.
func (j *Job) WaitFor(ctx context.Context, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return j.Wait(ctx)
}

// Result returns the outcome of a query that has ended.
func (j *Job) Result() (*engine.Result, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.Failure != nil:
		return nil, j.Failure
	case j.outcome.Query == nil:
		return nil, wire.Invalid("Cannot return results of job %s: it is no query job", j.ID())
	case j.evicted:
		return nil, wire.NotFound("the results of job %s. The emulator keeps results in memory, up to a limit; run the query again or give it a destination table", j.ID())
	}
	return j.outcome.Query, nil
}

// ID is the job's full name.
func (j *Job) ID() string { return fmt.Sprintf("%s:%s.%s", j.Key.Project, j.Location, j.Key.ID) }

// NewID makes a job id as BigQuery does for jobs without one.
func NewID() string { return "job_" + rand.Text() + rand.Text()[:2] }
