package e2etest

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/shared/drain"
)

// portions records how many records each pass took.
type portions struct {
	aggregate.Warehouse
	seen  int64
	taken []int64
}

func (p *portions) Pass(ctx context.Context, pass aggregate.Pass) ([]aggregate.Partition, error) {
	state, err := p.Warehouse.Pass(ctx, pass)
	var seen int64
	for _, s := range state {
		seen += s.NextOffset + s.RecordsAbove // of a log without gaps
	}
	p.taken = append(p.taken, seen-p.seen)
	p.seen = seen
	return state, err
}

// Passes take a backlog in portions, in the order of ingest, with the same result.
// Rows are ingested over half an hour, some before those of lower offsets.
func backlog(t *testing.T, w Warehouse) {
	o := Small()
	o.VotersLast = true
	l := NewLine(t, w, NewFixture(t, o))
	l.Drain()
	l.Deliver(l.Messages()...)
	for _, table := range []string{"raw.votes", "raw.voters", "raw.rejects"} {
		at := l.Tables.Dialect().Later("'2026-11-03 20:00:00.25+00'", "DIV(kafka_offset, 10) * 60 + MOD(kafka_offset, 7) * 10")
		l.Exec("UPDATE " + table + " SET ingested_at = " + at + " WHERE TRUE")
	}
	const most = 100
	f := &portions{Warehouse: l.Tables.Aggregation(t, l.Fixture.Election, nil)}
	a := aggregate.NewWith(aggregate.Config{Most: most}, f)
	s, err := a.Drain(t.Context(), drain.AggregateRequest{Request: drain.Request{Until: drain.CaughtUp, Seconds: 600}})
	must(t, err)
	l.Check()
	l.Amended()
	if !s.CaughtUp {
		t.Error("the drain hasn't caught up")
	}
	for i, n := range f.taken {
		if n < 1 || n > 2*most { // some were missing
			t.Errorf("pass %d took %d records, want about %d", i+1, n, most)
		}
	}
}

// When everything is counted and nobody is waited for, what the schedule asks for each
// minute ends at once.
func scheduleOfAnIdleDeployment(t *testing.T, w Warehouse) {
	l := NewLine(t, w, NewFixture(t, Small()))
	l.Env["IDLE_SECONDS"] = "1ms"
	delete(l.Env, "ELECTION") // whose hours may be now
	l.Start()
	l.Push(l.Ingest)
	l.Drain()
	l.PassUntilAll()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	for stage, h := range map[string]http.Handler{"bridge": l.Bridge, "aggregate": l.Aggregate} {
		var s struct {
			Idle     bool
			CaughtUp bool `json:"caught_up"`
			Records  int64
		}
		code, answer := l.Call(ctx, h, `{"until":"deadline","seconds":3600}`)
		if err := json.Unmarshal([]byte(answer), &s); err != nil || code != http.StatusOK || !s.Idle || !s.CaughtUp || s.Records != 0 {
			t.Errorf("%s: %d %s", stage, code, answer)
		}
	}
}
