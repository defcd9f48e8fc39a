package rest

import (
	"container/list"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// limits bound what the store remembers of jobs that have ended.
type limits struct {
	jobs        int           // ended jobs
	jobBytes    int64         // their configurations, mostly SQL
	resultBytes int64         // rows
	resultIdle  time.Duration // rows nobody has asked for
}

var defaultLimits = limits{
	jobs:        5000,
	jobBytes:    32 << 20,
	resultBytes: 256 << 20,
	resultIdle:  15 * time.Minute,
}

// A jobStore remembers jobs, and the rows of the queries used last.
type jobStore struct {
	limits limits

	mu       sync.Mutex
	jobs     map[jobKey]*job
	requests map[jobKey]*job // by project and requestId
	tables   map[engine.TableRef]*job
	ended    []*job // in order of their end
	endBytes int64
	results  *list.List // of *heldResult, the last used in front
	held     map[*job]*list.Element
	bytes    int64
}

type heldResult struct {
	job   *job
	bytes int64
	used  time.Time
}

func newJobStore(l limits) *jobStore {
	return &jobStore{
		limits: l, jobs: map[jobKey]*job{}, requests: map[jobKey]*job{}, tables: map[engine.TableRef]*job{},
		results: list.New(), held: map[*job]*list.Element{},
	}
}

// add registers a new job. When its requestId is known already, it returns the
// earlier job instead.
func (s *jobStore) add(j *job) (*job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j.request != "" {
		key := jobKey{j.key.project, j.request}
		if old := s.requests[key]; old != nil {
			return old, nil
		}
		s.requests[key] = j
	}
	if s.jobs[j.key] != nil {
		return nil, wire.Errorf(http.StatusConflict, "duplicate", "Already Exists: Job %s", j.id())
	}
	s.jobs[j.key] = j
	return j, nil
}

// get finds a job.
func (s *jobStore) get(project, id string) (*job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.jobs[jobKey{project, id}]; j != nil {
		return j, nil
	}
	return nil, wire.NotFound("Job %s:%s", project, id)
}

// byResultTable finds the query whose result a table name stands for, and
// marks the result as used.
func (s *jobStore) byResultTable(ref engine.TableRef) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.tables[ref]
	s.use(j)
	return j
}

// touch marks a job's result as used.
func (s *jobStore) touch(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.use(j)
}

func (s *jobStore) use(j *job) {
	if e := s.held[j]; e != nil {
		e.Value.(*heldResult).used = time.Now()
		s.results.MoveToFront(e)
	}
}

// retire takes over a job that has ended, with its rows, and lets go of older ones.
func (s *jobStore) retire(j *job) {
	var rows *engine.Rows
	if q := j.outcome.query; q != nil {
		rows = q.Rows
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs[j.key] != j {
		return // deleted meanwhile
	}
	s.ended = append(s.ended, j)
	s.endBytes += jobBytes(j)
	if rows != nil {
		h := &heldResult{job: j, bytes: rowsBytes(rows), used: time.Now()}
		s.held[j] = s.results.PushFront(h)
		s.bytes += h.bytes
		if j.anon {
			s.tables[j.resultRef()] = j
		}
	}
	for n := len(s.ended); n > 1 && (n > s.limits.jobs || s.endBytes > s.limits.jobBytes); n-- {
		s.remove(s.ended[0])
	}
	s.evict()
}

// evict lets go of results beyond the limits, except for the newest.
func (s *jobStore) evict() {
	for s.results.Len() > 1 {
		h := s.results.Back().Value.(*heldResult)
		if s.bytes <= s.limits.resultBytes && time.Since(h.used) < s.limits.resultIdle {
			return
		}
		s.drop(h.job)
		h.job.mu.Lock()
		// Copies, because readers may hold the old ones.
		q := *h.job.outcome.query
		q.Rows = &engine.Rows{Schema: q.Rows.Schema}
		h.job.outcome.query, h.job.evicted = &q, true
		h.job.mu.Unlock()
	}
}

// drop forgets the result of a job.
func (s *jobStore) drop(j *job) {
	e := s.held[j]
	if e == nil {
		return
	}
	s.bytes -= s.results.Remove(e).(*heldResult).bytes
	delete(s.held, j)
	if j.anon {
		delete(s.tables, j.resultRef())
	}
}

// remove forgets a job that has ended.
func (s *jobStore) remove(j *job) {
	if s.jobs[j.key] != j {
		return
	}
	delete(s.jobs, j.key)
	if j.request != "" {
		delete(s.requests, jobKey{j.key.project, j.request})
	}
	if i := slices.Index(s.ended, j); i >= 0 {
		s.ended = slices.Delete(s.ended, i, i+1)
		s.endBytes -= jobBytes(j)
	}
	s.drop(j)
}

// delete forgets a job at a client's wish.
func (s *jobStore) delete(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(j)
}

// list returns the jobs of a project for which keep holds, the newest first.
func (s *jobStore) list(project string, keep func(*job) bool) []*job {
	s.mu.Lock()
	var out []*job
	for key, j := range s.jobs {
		if key.project == project {
			out = append(out, j)
		}
	}
	s.mu.Unlock()
	out = slices.DeleteFunc(out, func(j *job) bool { return !keep(j) })
	slices.SortFunc(out, func(a, b *job) int {
		if c := b.created.Compare(a.created); c != 0 {
			return c
		}
		if a.key.id < b.key.id {
			return 1
		}
		return -1
	})
	return out
}

// jobBytes estimates the memory of a job without its rows.
func jobBytes(j *job) int64 {
	n := int64(4096)
	if q := j.config.Query; q != nil {
		n += int64(len(q.Query))
		for _, p := range q.QueryParameters {
			if p.ParameterValue != nil {
				n += 200 * int64(1+len(p.ParameterValue.ArrayValues)+len(p.ParameterValue.StructValues))
			}
		}
	}
	return n
}

// rowsBytes estimates the memory of rows.
func rowsBytes(rows *engine.Rows) int64 {
	n := int64(64)
	for _, row := range rows.Values {
		n += valueBytes(row)
	}
	return n
}

func valueBytes(v any) int64 {
	const header = 16 // of an interface value
	switch x := v.(type) {
	case string:
		return 2*header + int64(len(x))
	case []byte:
		return 3*header + int64(len(x))
	case []any:
		n := int64(3 * header)
		for _, e := range x {
			n += valueBytes(e)
		}
		return n
	case nil:
		return header
	default:
		return 3 * header
	}
}
