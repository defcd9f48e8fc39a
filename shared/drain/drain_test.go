package drain

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/function"
)

// stage answers what it was asked as its summary would be, or the status.
type stage struct {
	bridge    BridgeRequest
	aggregate AggregateRequest
	status    int
	answer    any
}

func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var err error
	if r.URL.Path == "/bridge" {
		s.bridge, err = ReadBridge(w, r)
	} else {
		s.aggregate, err = ReadAggregate(w, r)
	}
	if err != nil {
		function.Error(w, function.Status(err, http.StatusTeapot), err)
		return
	}
	function.JSON(w, s.status, s.answer)
}

// What a client asks for is what a stage reads.
func TestCalls(t *testing.T) {
	s := &stage{status: http.StatusOK}
	server := httptest.NewServer(s)
	defer server.Close()
	client := Client{HTTP: server.Client()}

	noon := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	asked := BridgeRequest{
		Request: Request{Until: CaughtUp, Seconds: 1.5}, Shard: 2, Shards: 4,
		Replay: &Replay{Topic: "votes", Partition: new(int32(0)), From: new(int64(0)), Next: map[string]int64{"votes/0": 7}},
	}
	want := BridgeSummary{Records: 3, CaughtUp: true, Next: map[string]int64{"votes/0": 9}, Warnings: []string{"w"}}
	s.answer = want
	got, err := client.Bridge(t.Context(), server.URL+"/bridge", asked)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(asked, s.bridge); diff != "" {
		t.Errorf("call (-want +got):\n%s", diff)
	}
	for _, asked := range []AggregateRequest{
		{Request: Request{Until: Deadline}},
		{Request: Request{Until: CaughtUp, Seconds: 3}, Rebuild: &Range{}},
		{Request: Request{Until: Deadline}, Rebuild: &Range{From: noon, To: noon.Add(time.Hour)}},
	} {
		s.answer = AggregateSummary{Passes: 2}
		if got, err := client.Aggregate(t.Context(), server.URL+"/aggregate", asked); err != nil || got.Passes != 2 {
			t.Errorf("summary %+v (%v)", got, err)
		}
		if diff := cmp.Diff(asked, s.aggregate); diff != "" {
			t.Errorf("call (-want +got):\n%s", diff)
		}
	}
}

// A call that names nothing drains everything for as long as the stage is
// configured to. So does one that names 0 seconds.
func TestDefaults(t *testing.T) {
	for _, body := range []string{``, `{}`, `{"seconds":0}`, `{"until":""}`} {
		b, err := parseBridge([]byte(body))
		if err != nil || b.Shards != 1 || b.Until == CaughtUp || b.Duration(7*time.Second) != 7*time.Second {
			t.Errorf("%q: %+v (%v)", body, b, err)
		}
		a, err := parseAggregate([]byte(body))
		if err != nil || a.Until == CaughtUp || a.Duration(7*time.Second) != 7*time.Second || a.Rebuild != nil {
			t.Errorf("%q: %+v (%v)", body, a, err)
		}
	}
	if d := (Request{Seconds: 0.25}).Duration(time.Hour); d != 250*time.Millisecond {
		t.Errorf("a quarter of a second is %v", d)
	}
}

// What a stage says is wrong arrives, with as much of a summary as there is.
func TestRefusals(t *testing.T) {
	s := &stage{status: http.StatusInternalServerError}
	server := httptest.NewServer(s)
	defer server.Close()
	client := Client{HTTP: server.Client()}

	s.answer = BridgeSummary{Records: 3, Errors: []string{"one", "two"}}
	var status *StatusError
	got, err := client.Bridge(t.Context(), server.URL+"/bridge", BridgeRequest{Shards: 1})
	if !errors.As(err, &status) || status.Code != http.StatusInternalServerError || status.Text != "one; two" || got.Records != 3 {
		t.Errorf("summary %+v, error %v", got, err)
	}
	s.answer = AggregateSummary{Error: "stopped", Passes: 1}
	sum, err := client.Aggregate(t.Context(), server.URL+"/aggregate", AggregateRequest{})
	if !errors.As(err, &status) || status.Text != "stopped" || sum.Passes != 1 {
		t.Errorf("summary %+v, error %v", sum, err)
	}
	if _, err := client.Bridge(t.Context(), server.URL+"/bridge", BridgeRequest{Shard: 3, Shards: 2}); !errors.As(err, &status) || status.Code != http.StatusBadRequest || !strings.Contains(status.Text, "shard 3 of 2") {
		t.Errorf("error %v", err)
	}
	client.Token = "secret"
	if _, err := client.Bridge(t.Context(), server.URL+"/bridge", BridgeRequest{}); !errors.Is(err, ErrInsecure) {
		t.Errorf("a token over http: %v", err)
	}
	server.Close()
	if _, err := (Client{}).Aggregate(context.Background(), server.URL, AggregateRequest{}); err == nil || errors.As(err, &status) {
		t.Errorf("nobody answers: %v", err)
	}
}

// A token reaches the stage over https.
func TestToken(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer secret" {
			t.Errorf("Authorization is %q", got)
		}
		function.JSON(w, http.StatusOK, BridgeSummary{})
	}))
	defer server.Close()
	if _, err := (Client{HTTP: server.Client(), Token: "secret"}).Bridge(t.Context(), server.URL, BridgeRequest{}); err != nil {
		t.Error(err)
	}
}
