package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
)

func TestCleanElection(t *testing.T) {
	f := newFixture(t, clean())
	l := newLine(t, f)
	l.push(l.ingest)
	l.drain()
	l.passUntilAll()
	l.check()

	l.outOfBalance(0)
	_, err := l.client.Query(`UPDATE analytics.books SET accepted = accepted - 1
		WHERE kafka_topic = 'votes' AND kafka_partition = 0`).Read(t.Context())
	must(t, err)
	l.outOfBalance(1)
}

// outOfBalance checks how many partitions the aggregation says don't balance.
func (l *line) outOfBalance(want int) {
	l.t.Helper()
	_, answer := l.call(l.t.Context(), l.aggregate, caughtUp)
	if !strings.Contains(answer, fmt.Sprintf(`"unbalanced":%d,`, want)) {
		l.t.Errorf("the aggregation answers %s, want %d partitions out of balance", answer, want)
	}
}

func TestOpenBallot(t *testing.T) {
	o := small()
	o.Election = nil
	f := newFixture(t, o)
	l := newLine(t, f)
	l.push(l.ingest)
	l.drain()
	l.passUntilAll()
	l.check()
}

func TestVotersAfterVotes(t *testing.T) {
	o := small()
	o.VotersLast = true
	l := newLine(t, newFixture(t, o))
	l.drain()
	for part := range slices.Chunk(votesFirst(l.messages()), 2) {
		l.deliver(part...)
		l.pass()
	}
	l.check()
	l.amended()
	if l.count("SELECT COUNT(*) FROM analytics.amendments WHERE votes_after > votes_before") == 0 {
		t.Error("registrations made votes of complete minutes count, and no amendment says so")
	}
}

// An election file without a day: the day is that of the votes. Until a vote counts,
// every pass must work without one.
func TestDayFromTheVotes(t *testing.T) {
	o := small()
	o.Election.Date = election.Date{}
	o.VotersLast = true
	l := newLine(t, newFixture(t, o))
	l.drain()
	for _, m := range votesFirst(l.messages()) {
		l.deliver(m)
		l.pass()
	}
	l.check()
}

// Records have every irregularity, and come through in different orders and numbers.
func TestDelivery(t *testing.T) {
	t.Parallel()
	f := newFixture(t, small())
	tests := []struct {
		name  string
		route func(*line)
	}{
		{"pushed", func(l *line) {
			l.push(l.ingest)
			l.drain()
			l.passUntilAll()
		}},
		{"pushed over a bad network", func(l *line) {
			l.env["BATCH_RECORDS"] = "50"
			l.start()
			l.push(newFlaky(l.ingest))
			l.drain()
			l.passUntilAll()
		}},
		{"delivered twice", func(l *line) {
			l.drain()
			all := l.messages()
			l.deliver(all...)
			l.deliver(all...)
			l.pass()
		}},
		{"delivered twice, the second time after the pass", func(l *line) {
			l.drain()
			all := l.messages()
			l.deliver(all...)
			l.pass()
			l.deliver(all...)
			l.pass()
		}},
		{"in other batches, shuffled", func(l *line) {
			l.drain()
			l.deliver(shuffle(1, rebatch(l.t, l.messages(), 40))...)
			l.pass()
		}},
		{"in other batches, shuffled, with a pass after each few", func(l *line) {
			l.drain()
			for part := range slices.Chunk(shuffle(2, rebatch(l.t, l.messages(), 60)), 5) {
				l.deliver(part...)
				l.pass()
			}
		}},
		{"backwards, with a pass after each few", func(l *line) {
			l.drain()
			all := rebatch(l.t, l.messages(), 80)
			slices.Reverse(all)
			for part := range slices.Chunk(all, 5) {
				l.deliver(part...)
				l.pass()
			}
		}},
		{"by two bridges at once", func(l *line) {
			l.together(2, func() { l.drain() })
			l.deliver(l.messages()...)
			l.pass()
		}},
		{"by four shards", func(l *line) {
			for _, shard := range []string{"0", "1", "2", "3"} {
				body := `{"until":"caught_up","shard":` + shard + `,"shards":4}`
				if code, answer := l.call(l.t.Context(), l.bridge, body); code != http.StatusOK {
					l.t.Fatalf("bridge: %d %s", code, answer)
				}
			}
			l.deliver(l.messages()...)
			l.pass()
		}},
		{"with overlapping passes", func(l *line) {
			l.drain()
			for part := range slices.Chunk(shuffle(3, rebatch(l.t, l.messages(), 100)), 6) {
				l.deliver(part...)
				l.together(3, func() { l.pass() })
			}
		}},
		{"with a bridge that is stopped in the middle", func(l *line) {
			l.env["BATCH_RECORDS"] = "20"
			l.start()
			first := l.stopBridge()
			l.start()
			l.drain()
			l.deliver(append(first, l.messages()...)...)
			l.pass()
		}},
		{"with an aggregate that is stopped in the middle", func(l *line) {
			l.drain()
			for part := range slices.Chunk(rebatch(l.t, l.messages(), 200), 5) {
				l.deliver(part...)
				l.stopAggregate()
				l.start()
			}
			l.pass()
		}},
		{"with fresh instances all the time", func(l *line) {
			l.drain()
			for part := range slices.Chunk(shuffle(4, rebatch(l.t, l.messages(), 100)), 5) {
				l.start()
				l.deliver(part...)
				l.pass()
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLine(t, f)
			tt.route(l)
			l.check()
			l.amended()
		})
	}
}

// together runs f n times at the same time.
func (l *line) together(n int, f func()) {
	var wg sync.WaitGroup
	for range n {
		wg.Go(f)
	}
	wg.Wait()
}

// stopBridge starts a drain, ends it when something was published, and returns the
// messages.
func (l *line) stopBridge() []message {
	ctx, stop := context.WithCancel(l.t.Context())
	defer stop()
	answer := make(chan string, 1)
	go func() {
		_, text := l.call(ctx, l.bridge, caughtUp)
		answer <- text
	}()
	var first []message
	for len(first) == 0 {
		select {
		case text := <-answer:
			l.t.Fatalf("the bridge ended before it was stopped: %s", text)
		default:
			first = l.messages()
		}
	}
	stop()
	<-answer
	return append(first, l.messages()...)
}

// stopAggregate starts the passes and ends them while the first one runs.
func (l *line) stopAggregate() {
	l.t.Helper()
	ctx, stop := context.WithCancel(l.t.Context())
	defer stop()
	target, err := url.Parse("http://" + warehouseServer.REST())
	must(l.t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	queries := make(chan int, 1)
	queries <- 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/queries") {
			n := <-queries
			queries <- n + 1
			if n == 2 { // after the progress and the look: the pass
				stop()
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	defer server.Close()
	env := maps.Clone(l.env)
	env["BIGQUERY_EMULATOR_HOST"] = strings.TrimPrefix(server.URL, "http://")
	stage := build(l.t, config.FromMap(env), aggregate.ConfigFrom, aggregate.New)
	if code, answer := l.call(ctx, stage, caughtUp); code == http.StatusOK {
		l.t.Fatalf("the aggregate wasn't stopped: %s", answer)
	}
}

// The dashboard shows the result of the ledger.
func TestDashboardShowsTheResult(t *testing.T) {
	o := small()
	o.Election.SmallCell = new(0) // votes by candidate aren't held back for a step
	f := newFixture(t, o)
	l := newLine(t, f)
	l.push(l.ingest)
	l.drain()
	l.passUntilAll()

	var got struct {
		Candidates []struct {
			ID    string `json:"id"`
			Votes int64  `json:"votes"`
		} `json:"candidates"`
		Books struct {
			Records, Accepted, Duplicate, Rejected, Pending, Gaps int64
			Balanced                                              bool
		} `json:"books"`
	}
	r := httptest.NewRecorder()
	l.dashboard.ServeHTTP(r, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/results", nil))
	if r.Code != http.StatusOK {
		t.Fatalf("dashboard: %d %s", r.Code, r.Body)
	}
	must(t, json.Unmarshal(r.Body.Bytes(), &got))

	votes := map[string]int64{}
	for _, c := range got.Candidates {
		votes[c.ID] = c.Votes
	}
	for _, total := range f.ledger.Totals() {
		if votes[total.Candidate] != total.Votes {
			t.Errorf("%s has %d votes on the dashboard, want %d", total.Candidate, votes[total.Candidate], total.Votes)
		}
	}
	book := f.ledger.Books()["votes"]
	want := []int64{book.Records, book.Accepted, book.Duplicate, book.Rejected, book.Pending, book.Gaps}
	have := []int64{got.Books.Records, got.Books.Accepted, got.Books.Duplicate, got.Books.Rejected, got.Books.Pending, got.Books.Gaps}
	if !slices.Equal(want, have) || !got.Books.Balanced {
		t.Errorf("books %v (balanced: %v), want %v", have, got.Books.Balanced, want)
	}
}
