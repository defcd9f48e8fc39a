package replay_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/api/option"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/operate/replay"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/logging"
)

// cloud is Cloud Scheduler, which posts to stages what a job has, and Cloud Logging,
// which has what they log.
type cloud struct {
	t      *testing.T
	stages map[string]http.Handler // by job

	mu     sync.Mutex
	bodies map[string][]byte
	log    bytes.Buffer
}

// newCloud makes the deployment of a cloud in which a job calls a stage.
func newCloud(t *testing.T, prefix, job string, stage func(log *slog.Logger) http.Handler) *replay.Deployment {
	t.Helper()
	c := &cloud{t: t, bodies: map[string][]byte{}}
	log := logging.New(c, config.FromMap(map[string]string{"K_SERVICE": "stage"}))
	c.stages = map[string]http.Handler{job: stage(log)}
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	d, err := replay.NewDeployment(t.Context(), "springfield-votes", "us-central1", prefix, option.WithEndpoint(s.URL), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Write keeps a line of log.
func (c *cloud) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.Write(line)
}

var (
	wanted = regexp.MustCompile(`jsonPayload\.operation="([^"]+)"`)
	later  = regexp.MustCompile(`timestamp>"([^"]+)"`)
)

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		HTTPTarget struct{ Body string }
		Filter     string
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		c.t.Error(err)
	}
	job, verb, _ := strings.Cut(path.Base(r.URL.Path), ":")
	var answer any = map[string]any{}
	switch {
	case job == "entries":
		answer = map[string]any{"entries": c.entries(body.Filter)}
	case path.Dir(r.URL.Path) != "/v1/projects/springfield-votes/locations/us-central1/jobs" || c.stages[job] == nil:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodPatch && r.URL.Query().Get("updateMask") == "httpTarget.body":
		text, err := base64.StdEncoding.DecodeString(body.HTTPTarget.Body)
		if err != nil {
			c.t.Error(err)
		}
		c.mu.Lock()
		c.bodies[job] = text
		c.mu.Unlock()
	case verb == "run":
		c.mu.Lock()
		posted := c.bodies[job]
		c.mu.Unlock()
		c.stages[job].ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(posted)))
	default:
		c.t.Errorf("%s %s", r.Method, r.URL)
	}
	_ = json.NewEncoder(w).Encode(answer) // the tool is gone
}

// entries are the newest line that a filter lets through.
func (c *cloud) entries(filter string) []any {
	c.mu.Lock()
	defer c.mu.Unlock()
	operation, after := wanted.FindStringSubmatch(filter), later.FindStringSubmatch(filter)
	if operation == nil {
		c.t.Fatalf("the log is read by %s", filter)
	}
	var since time.Time
	if after != nil {
		var err error
		if since, err = time.Parse(time.RFC3339Nano, after[1]); err != nil {
			c.t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimSpace(c.log.String()), "\n")
	for i := len(lines) - 1; i >= 0 && lines[i] != ""; i-- {
		var line struct {
			Operation string
			Time      time.Time
		}
		if err := json.Unmarshal([]byte(lines[i]), &line); err != nil {
			c.t.Fatal(err)
		}
		if line.Operation == operation[1] && line.Time.After(since) {
			return []any{map[string]any{"timestamp": line.Time.Format(time.RFC3339Nano), "jsonPayload": json.RawMessage(lines[i])}}
		}
	}
	return nil
}

// slow is a warehouse whose rebuild takes some calls.
type slow struct {
	aggregate.Warehouse
	calls int
	fails error
	ids   []string
}

func (s *slow) Progress(context.Context) ([]aggregate.Partition, error) { return nil, nil }

func (s *slow) Rebuild(_ context.Context, r aggregate.Rebuild) ([]aggregate.Partition, error) {
	s.ids = append(s.ids, r.ID)
	if s.calls--; s.calls > 0 {
		return nil, aggregate.ErrRunning
	}
	return []aggregate.Partition{{NextOffset: 7}}, s.fails
}

// The aggregate itself, called by a job, rebuilds in as many calls as it takes, and its
// line of log says what it has done.
func TestRebuildOfADeployment(t *testing.T) {
	w := &slow{calls: 3}
	d := newCloud(t, "", drain.RebuildJob, func(log *slog.Logger) http.Handler {
		return logging.Handler("aggregate", log, aggregate.NewWith(aggregate.Config{Interval: time.Second}, w))
	})
	request := drain.Request{Seconds: 5, Operation: replay.NewOperation(time.Now())}
	s, err := replay.Rebuild(t.Context(), d, request, drain.Range{}, func() {})
	if err != nil || s.Passes != 1 || s.Records != 7 || len(w.ids) != 3 || w.ids[0] != w.ids[2] {
		t.Errorf("summary %+v, error %v, asked for %q", s, err, w.ids)
	}

	w.fails = context.DeadlineExceeded
	request.Operation = replay.NewOperation(time.Now())
	if _, err := replay.Rebuild(t.Context(), d, request, drain.Range{}, func() {}); err == nil || !strings.Contains(err.Error(), "500 Internal Server Error: rebuild: context deadline exceeded") {
		t.Errorf("error %v of a rebuild that failed", err)
	}
}

// A bridge that says where it was goes on there.
func TestBackfillOfADeployment(t *testing.T) {
	var asked []string
	d := newCloud(t, "spring", "spring-backfill", func(log *slog.Logger) http.Handler {
		return logging.Handler("bridge", log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			request, err := drain.ReadBridge(w, r)
			if err != nil {
				t.Error(err)
			}
			from, _ := json.Marshal(request.Replay)
			asked = append(asked, string(from))
			logging.Raise(r.Context(), slog.LevelInfo)
			logging.Add(r.Context(), slog.String("operation", request.Operation), slog.Int64("records", 4), slog.Bool("caught_up", len(asked) == 2))
			if len(asked) == 1 {
				logging.Add(r.Context(), slog.Any("next", map[string]int64{"votes/0": 7}))
			}
		}))
	})
	records := int64(0)
	request := drain.Request{Seconds: 5, Operation: replay.NewOperation(time.Now())}
	err := replay.Backfill(t.Context(), d, request, drain.Replay{Topic: "votes"}, func(s drain.BridgeSummary) { records += s.Records })
	if want := `{"topic":"votes"} {"topic":"votes","next":{"votes/0":7}}`; err != nil || records != 8 || strings.Join(asked, " ") != want {
		t.Errorf("%d records, requests %s, error %v", records, asked, err)
	}
}

func TestDeploymentWithoutJobs(t *testing.T) {
	d := newCloud(t, "spring", drain.RebuildJob, func(*slog.Logger) http.Handler { return http.NotFoundHandler() })
	request := drain.Request{Operation: "op"}
	if _, err := replay.Rebuild(t.Context(), d, request, drain.Range{}, func() {}); err == nil || !strings.Contains(err.Error(), "has no job spring-rebuild in us-central1") {
		t.Errorf("error %v", err)
	}
	if _, err := replay.Rebuild(t.Context(), d, drain.Request{}, drain.Range{}, func() {}); err == nil || !strings.Contains(err.Error(), "needs an operation") {
		t.Errorf("error %v", err)
	}
}
