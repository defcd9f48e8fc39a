package e2e_test

import (
	"context"
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
func TestBacklog(t *testing.T) {
	o := small()
	o.VotersLast = true
	l := newLine(t, newFixture(t, o))
	l.drain()
	l.deliver(l.messages()...)
	for _, table := range []string{"raw.votes", "raw.voters", "raw.rejects"} {
		_, err := l.client.Query(`UPDATE ` + table + ` SET ingested_at = TIMESTAMP_ADD(TIMESTAMP '2026-11-03 20:00:00.25+00',
			INTERVAL DIV(kafka_offset, 10) * 60 + MOD(kafka_offset, 7) * 10 SECOND) WHERE TRUE`).Read(t.Context())
		must(t, err)
	}
	const most = 100
	f := &portions{Warehouse: aggregate.NewBigQuery(l.client, l.fixture.election)}
	a := aggregate.NewWith(aggregate.Config{Most: most}, f)
	s, err := a.Drain(t.Context(), drain.AggregateRequest{Request: drain.Request{Until: drain.CaughtUp, Seconds: 60}})
	must(t, err)
	l.check()
	l.amended()
	if !s.CaughtUp {
		t.Error("the drain hasn't caught up")
	}
	for i, n := range f.taken {
		if n < 1 || n > 2*most { // some were missing
			t.Errorf("pass %d took %d records, want about %d", i+1, n, most)
		}
	}
}
