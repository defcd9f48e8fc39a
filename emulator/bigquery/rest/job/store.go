package job

import (
	"container/list"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// limits bound what the store remembers of jobs that have ended.
type limits struct {
	jobs        int           // ended jobs
	jobBytes    int64         // their configurations, mostly SQL
	resultBytes int64         // rows
	resultIdle  time.Duration // rows nobody has asked for
}

// DefaultLimits are those of an emulator that is told nothing else.
var DefaultLimits = limits{
	jobs:        5000,
	jobBytes:    32 << 20,
	resultBytes: 256 << 20,
	resultIdle:  15 * time.Minute,
}

// Store remembers jobs, and the rows of the queries used last.
type Store struct {
	limits limits

	mu       sync.Mutex
	jobs     map[Key]*Job
	requests map[Key]*Job // by project and requestId
	tables   map[engine.TableRef]*Job
	ended    []*Job // in order of their end
	endBytes int64
	results  *list.List // of *heldResult, the last used in front
	held     map[*Job]*list.Element
	bytes    int64
}

type heldResult struct {
	job   *Job
	bytes int64
	used  time.Time
}

// NewStore returns a store without jobs.
func NewStore(l limits) *Store {
	return &Store{
		limits: l, jobs: map[Key]*Job{}, requests: map[Key]*Job{}, tables: map[engine.TableRef]*Job{},
		results: list.New(), held: map[*Job]*list.Element{},
	}
}

// Add registers a new job. When its requestId is known already, it returns the
// earlier job instead.
func (s *Store) Add(j *Job) (*Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j.Request != "" {
		key := Key{j.Key.Project, j.Request}
		if old := s.requests[key]; old != nil {
			return old, nil
		}
		s.requests[key] = j
	}
	if s.jobs[j.Key] != nil {
		return nil, wire.Errorf(http.StatusConflict, "duplicate", "Already Exists: Job %s", j.ID())
	}
	s.jobs[j.Key] = j
	return j, nil
}

// Get finds a job.
func (s *Store) Get(project, id string) (*Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.jobs[Key{project, id}]; j != nil {
		return j, nil
	}
	return nil, wire.NotFound("Job %s:%s", project, id)
}

// ByResultTable finds the query whose result a table name stands for, and
// marks the result as used.
func (s *Store) ByResultTable(ref engine.TableRef) *Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.tables[ref]
	s.use(j)
	return j
}

// Touch marks a job's result as used.
func (s *Store) Touch(j *Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.use(j)
}

func (s *Store) use(j *Job) {
	if e := s.held[j]; e != nil {
		e.Value.(*heldResult).used = time.Now()
		s.results.MoveToFront(e)
	}
}

// Retire takes over a job that has ended, with its rows, and lets go of older ones.
func (s *Store) Retire(j *Job) {
	var rows *engine.Rows
	if q := j.outcome.Query; q != nil {
		rows = q.Rows
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs[j.Key] != j {
		return // deleted meanwhile
	}
	s.ended = append(s.ended, j)
	s.endBytes += jobBytes(j)
	if rows != nil {
		h := &heldResult{job: j, bytes: RowsBytes(rows), used: time.Now()}
		s.held[j] = s.results.PushFront(h)
		s.bytes += h.bytes
		if j.Anonymous {
			s.tables[j.resultRef()] = j
		}
	}
	for n := len(s.ended); n > 1 && (n > s.limits.jobs || s.endBytes > s.limits.jobBytes); n-- {
		s.remove(s.ended[0])
	}
	s.evict()
}

// evict lets go of results beyond the limits, except for the newest.
func (s *Store) evict() {
	for s.results.Len() > 1 {
		h := s.results.Back().Value.(*heldResult)
		if s.bytes <= s.limits.resultBytes && time.Since(h.used) < s.limits.resultIdle {
			return
		}
		s.drop(h.job)
		h.job.mu.Lock()
		// Copies, because readers may hold the old ones.
		q := *h.job.outcome.Query
		q.Rows = &engine.Rows{Schema: q.Rows.Schema}
		h.job.outcome.Query, h.job.evicted = &q, true
		h.job.mu.Unlock()
	}
}

// drop forgets the result of a job.
func (s *Store) drop(j *Job) {
	e := s.held[j]
	if e == nil {
		return
	}
	s.bytes -= s.results.Remove(e).(*heldResult).bytes
	delete(s.held, j)
	if j.Anonymous {
		delete(s.tables, j.resultRef())
	}
}

// remove forgets a job that has ended.
func (s *Store) remove(j *Job) {
	if s.jobs[j.Key] != j {
		return
	}
	delete(s.jobs, j.Key)
	if j.Request != "" {
		delete(s.requests, Key{j.Key.Project, j.Request})
	}
	if i := slices.Index(s.ended, j); i >= 0 {
		s.ended = slices.Delete(s.ended, i, i+1)
		s.endBytes -= jobBytes(j)
	}
	s.drop(j)
}

// Delete forgets a job at a client's wish.
func (s *Store) Delete(j *Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(j)
}

// List returns the jobs of a project for which keep holds, the newest first.
func (s *Store) List(project string, keep func(*Job) bool) []*Job {
	s.mu.Lock()
	var out []*Job
	for key, j := range s.jobs {
		if key.Project == project {
			out = append(out, j)
		}
	}
	s.mu.Unlock()
	out = slices.DeleteFunc(out, func(j *Job) bool { return !keep(j) })
	slices.SortFunc(out, func(a, b *Job) int {
		if c := b.Created.Compare(a.Created); c != 0 {
			return c
		}
		if a.Key.ID < b.Key.ID {
			return 1
		}
		return -1
	})
	return out
}

// jobBytes estimates the memory of a job without its rows.
func jobBytes(j *Job) int64 {
	n := int64(4096)
	if q := j.Config.Query; q != nil {
		n += int64(len(q.Query))
		for _, p := range q.QueryParameters {
			if p.ParameterValue != nil {
				n += 200 * int64(1+len(p.ParameterValue.ArrayValues)+len(p.ParameterValue.StructValues))
			}
		}
	}
	return n
}

// RowsBytes estimates the memory of rows.
func RowsBytes(rows *engine.Rows) int64 {
	n := int64(64)
	for _, row := range rows.Values {
		n += types.Footprint(row)
	}
	return n
}
