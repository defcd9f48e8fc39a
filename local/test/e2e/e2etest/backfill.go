package e2etest

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// Replay has the bridge publish records of Kafka again.
func (l *Line) Replay(what string) {
	l.t.Helper()
	body := fmt.Sprintf(`{"replay":%s,"seconds":60}`, what)
	if code, answer := l.Call(context.WithoutCancel(l.t.Context()), l.Bridge, body); code != http.StatusOK {
		l.t.Errorf("replay %s: %d %s", what, code, answer)
	}
}

// Rows of raw that were lost come back from Kafka, and the tables are right again.
func backfill(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	l.Drain()
	l.Deliver(l.Messages()...)
	l.Pass()
	now := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	tests := []struct{ name, loss, replay string }{
		{"everything", `DELETE FROM raw.votes WHERE TRUE; DELETE FROM raw.voters WHERE TRUE; DELETE FROM raw.rejects WHERE TRUE`, `{}`},
		{"a topic", `DELETE FROM raw.votes WHERE TRUE; DELETE FROM raw.rejects WHERE kafka_topic = 'votes'`, `{"topic":"votes"}`},
		{
			"offsets of a partition",
			`DELETE FROM raw.votes WHERE kafka_partition = 1 AND kafka_offset BETWEEN 20 AND 29;
			 DELETE FROM raw.rejects WHERE kafka_topic = 'votes' AND kafka_partition = 1 AND kafka_offset BETWEEN 20 AND 29`,
			`{"topic":"votes","partition":1,"from":20,"to":30}`,
		},
		{"a time", `DELETE FROM raw.voters WHERE MOD(kafka_offset, 3) = 1`, `{"from_time":"2020-01-01T00:00:00Z","to_time":"` + now + `"}`},
	}
	for _, tt := range tests {
		l.Exec(tt.loss)
		if l.Verify().OK() {
			t.Fatalf("%s: nothing is lost", tt.name)
		}
		l.Replay(tt.replay)
		l.Deliver(l.Messages()...)
		l.Clean() // raw is whole again, and the tables never changed
		l.Check()
	}

	// Tables that were rebuilt from the rest of raw become right too.
	l.Exec(`DELETE FROM raw.votes WHERE MOD(kafka_offset, 2) = 0; DELETE FROM raw.rejects WHERE TRUE`)
	l.Rebuild(`"all"`)
	l.Replay(`{"topic":"votes"}`)
	l.Replay(`{"topic":"voters"}`)
	l.Deliver(l.Messages()...)
	l.Pass()
	l.Rebuild(`"all"`)
	l.Check()
	l.Clean()
}

// A replay runs at the same time as drains, and doesn't change the committed
// offsets.
func backfillWhileVotesComeIn(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	l.Push(l.Ingest)
	l.Replay(`{"topic":"votes","from":40,"to":90}`)
	var wg sync.WaitGroup
	wg.Go(func() { l.Replay(`{}`) })
	wg.Go(l.Drain)
	wg.Go(l.Pass)
	wg.Wait()
	l.Drain()
	l.PassUntilAll()
	l.Check()
	v := l.Verifier()
	v.Patience = Patience
	report, err := v.Verify(t.Context())
	must(t, err)
	if !report.OK() {
		t.Errorf("after the backfill:\n%s", report)
	}
}
