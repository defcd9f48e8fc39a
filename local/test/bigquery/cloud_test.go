package bigquery_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/shared/countstate"
)

// likeCloud is the cloud in compressed time: a minute of the schedule is 3 s.
const likeCloud = "cloud/20"

// A cloudSystem is a system that is like the cloud, and an election that is sent to it.
type cloudSystem struct {
	*run.System
	t        *testing.T
	producer *simulate.Producer
}

func newCloudSystem(t *testing.T, o simulate.Options, inProcess bool) *cloudSystem {
	t.Helper()
	o.Partitions = 3
	simulation, err := simulate.New(o)
	must(t, err)
	set := map[string]string{"ELECTION": "", "ELECTION_FILE": ""}
	if o.Election != nil {
		text, err := json.Marshal(o.Election)
		must(t, err)
		set["ELECTION"] = string(text)
	}
	out := &buffer.Buffer{}
	s, err := run.Start(t.Context(), run.Options{
		Like: likeCloud, Seed: 1, Scheduled: true, Partitions: 3, InProcess: inProcess, Settings: set, Output: out,
	})
	must(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if t.Failed() {
			t.Logf("output of the functions:\n%s", out)
		}
	})
	producer, err := simulate.NewProducer(t.Context(), simulation, s.Kafka().Options()...)
	must(t, err)
	t.Cleanup(producer.Close)
	return &cloudSystem{s, t, producer}
}

// check waits until everything is counted, and compares every table with the ledger.
func (s *cloudSystem) check() {
	s.t.Helper()
	l := s.producer.Ledger()
	results, err := s.AwaitCounted(s.t.Context(), l.End(), s.Patience())
	must(s.t, err)
	if !results.Books.Balanced {
		s.t.Errorf("the books don't balance: %+v", results.Books.Account)
	}
	differences, err := l.Compare(s.t.Context(), s.Tables(), ledger.Keyer(s.HMACKey(), l.Election.ID))
	must(s.t, err)
	for _, d := range differences {
		s.t.Error(d)
	}
}

// Every table is right with the times and the refusals of the cloud, and with
// Terraform's settings, whatever happens to the functions.
func TestLikeTheCloud(t *testing.T) {
	t.Parallel()
	everything := e2etest.Small()
	late := e2etest.Small()
	late.VotersLast = true
	open := e2etest.OpenBallot()
	for _, tt := range []struct {
		name      string
		options   simulate.Options
		inProcess bool
		meanwhile func(*cloudSystem) // when half of the election has been sent
	}{
		{name: "each function in a process that is paused between requests", options: everything},
		{name: "voters after votes", options: late},
		{name: "an open ballot, in one process", options: open, inProcess: true},
		{name: "functions that are killed", options: everything, meanwhile: func(s *cloudSystem) {
			for _, function := range []string{settings.Bridge, settings.Ingest, settings.Aggregate} {
				must(s.t, s.Stop(function))
				must(s.t, s.Restart(s.t.Context(), function))
			}
		}},
		{name: "aggregations beside one another", options: everything, meanwhile: func(s *cloudSystem) { s.overlap() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newCloudSystem(t, tt.options, tt.inProcess)
			halves := []func() error{
				func() error { return s.producer.Register(t.Context()) },
				func() error { return s.producer.Vote(t.Context()) },
			}
			if tt.options.VotersLast {
				slices.Reverse(halves)
			}
			must(t, halves[0]())
			if tt.meanwhile != nil {
				tt.meanwhile(s)
			}
			must(t, halves[1]())
			s.check()
			if tt.options.Election != nil {
				if _, err := s.AwaitStatus(t.Context(), string(countstate.Complete), s.Patience()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// overlap calls the aggregation as its schedule does, several at a time. One instance
// takes one request: another waits for it, and is refused after ten seconds.
func (s *cloudSystem) overlap() {
	s.t.Helper()
	const calls = 4
	statuses := make([]int, calls)
	var wg sync.WaitGroup
	for i := range calls {
		wg.Go(func() {
			req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost,
				"http://"+s.Addresses().Functions+"/aggregate", strings.NewReader(`{"until":"deadline"}`))
			if err != nil {
				return
			}
			req.Header.Set("User-Agent", "Google-Cloud-Scheduler")
			req.Header.Set("Content-Type", "application/json")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return
			}
			resp.Body.Close()
			statuses[i] = resp.StatusCode
		})
	}
	wg.Wait()
	if !slices.Contains(statuses, http.StatusTooManyRequests) {
		s.t.Errorf("%d aggregations at a time are answered with %v, none with 429", calls, statuses)
	}
}
