package job

import (
	"fmt"
	"strings"
	"testing"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// ended adds a job whose query has left rows of about n bytes.
func ended(t *testing.T, s *Store, id string, n int) *Job {
	t.Helper()
	j := New(t.Context(), Key{"p", id}, &bqv2.JobConfiguration{Query: &bqv2.JobConfigurationQuery{Query: "SELECT 1"}})
	if _, err := s.Add(j); err != nil {
		t.Fatal(err)
	}
	rows := &engine.Rows{Schema: []*bqv2.TableFieldSchema{{Name: "s", Type: "STRING"}}, Values: [][]any{{strings.Repeat("x", n)}}}
	j.Finish(Outcome{Query: &engine.Result{StatementType: "SELECT", Rows: rows}}, nil)
	s.Retire(j)
	close(j.Ended)
	return j
}

func kept(s *Store, j *Job) string {
	if _, err := s.Get(j.Key.Project, j.Key.ID); err != nil {
		return "nothing"
	}
	if _, err := j.Result(); err != nil {
		return "job"
	}
	return "rows"
}

func TestResultsAreBounded(t *testing.T) {
	s := NewStore(limits{jobs: 100, jobBytes: 1 << 20, resultBytes: 4000, resultIdle: time.Hour})
	var jobs []*Job
	for i := range 3 {
		jobs = append(jobs, ended(t, s, fmt.Sprint(i), 1000))
	}
	s.Touch(jobs[0]) // used last
	large := ended(t, s, "large", 1500)
	want := []string{"rows", "job", "rows"}
	for i, j := range jobs {
		if got := kept(s, j); got != want[i] {
			t.Errorf("of job %d the store keeps %s, want %s", i, got, want[i])
		}
	}
	if got := kept(s, large); got != "rows" {
		t.Errorf("of the newest job the store keeps %s, want its rows", got)
	}
	if j := s.ByResultTable(jobs[1].resultRef()); j != nil {
		t.Errorf("the table of an evicted result is still there")
	}
	if err := failure(jobs[1]); err == nil || wire.AsError(err).Code != 404 || !strings.Contains(err.Error(), "run the query again") {
		t.Errorf("error of an evicted result: %v", err)
	}
	// A result beyond the limit is kept until there is a newer one.
	huge := ended(t, s, "huge", 100_000)
	if got := kept(s, huge); got != "rows" || s.results.Len() != 1 {
		t.Errorf("of a huge result the store keeps %s, with %d results", got, s.results.Len())
	}
	ended(t, s, "small", 1)
	if got := kept(s, huge); got != "job" || s.bytes > 4000 {
		t.Errorf("of a huge result the store keeps %s in the end, %d bytes", got, s.bytes)
	}
}

func failure(j *Job) error {
	_, err := j.Result()
	return err
}

func TestJobsAreBounded(t *testing.T) {
	s := NewStore(limits{jobs: 10, jobBytes: 1 << 30, resultBytes: 1 << 30, resultIdle: time.Hour})
	first := ended(t, s, "first", 1)
	for i := range 10 {
		ended(t, s, fmt.Sprint(i), 1)
	}
	if got := kept(s, first); got != "nothing" {
		t.Errorf("of the oldest job the store keeps %s", got)
	}
	if len(s.jobs) != 10 || len(s.tables) != 10 || len(s.held) != 10 {
		t.Errorf("%d jobs, %d tables, %d results; want 10 of each", len(s.jobs), len(s.tables), len(s.held))
	}
	for _, j := range s.List("p", func(*Job) bool { return true }) {
		s.Delete(j)
	}
	if len(s.jobs)+len(s.tables)+len(s.held)+len(s.ended)+s.results.Len() != 0 || s.bytes != 0 || s.endBytes != 0 {
		t.Errorf("the store holds on to deleted jobs: %+v", s)
	}
}

func TestIdleResultsGo(t *testing.T) {
	s := NewStore(limits{jobs: 10, jobBytes: 1 << 30, resultBytes: 1 << 30, resultIdle: 0})
	a := ended(t, s, "a", 1)
	b := ended(t, s, "b", 1)
	if kept(s, a) != "job" || kept(s, b) != "rows" {
		t.Errorf("kept %s of the idle, %s of the newest result", kept(s, a), kept(s, b))
	}
}

func TestRequestIDs(t *testing.T) {
	s := NewStore(DefaultLimits)
	started := func(project, id string) *Job {
		j := New(t.Context(), Key{project, NewID()}, &bqv2.JobConfiguration{Query: &bqv2.JobConfigurationQuery{}})
		j.Request = id
		got, err := s.Add(j)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	a := started("p", "r")
	if started("p", "r") != a {
		t.Error("a repeated request has a job of its own")
	}
	if started("p", "other") == a || started("q", "r") == a {
		t.Error("different requests share a job")
	}
}
