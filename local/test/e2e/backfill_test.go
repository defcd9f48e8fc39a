package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// replay has the bridge publish records of Kafka again.
func (l *line) replay(what string) {
	l.t.Helper()
	body := fmt.Sprintf(`{"replay":%s,"seconds":60}`, what)
	if code, answer := l.call(context.WithoutCancel(l.t.Context()), l.bridge, body); code != http.StatusOK {
		l.t.Errorf("replay %s: %d %s", what, code, answer)
	}
}

// Rows of raw that were lost come back from Kafka, and the tables are right again.
func TestBackfill(t *testing.T) {
	f := newFixture(t, small())
	l := newLine(t, f)
	l.drain()
	l.deliver(l.messages()...)
	l.pass()
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
		l.exec(tt.loss)
		if l.verify().OK() {
			t.Fatalf("%s: nothing is lost", tt.name)
		}
		l.replay(tt.replay)
		l.deliver(l.messages()...)
		l.clean() // raw is whole again, and the tables never changed
		l.check()
	}

	// Tables that were rebuilt from the rest of raw become right too.
	l.exec(`DELETE FROM raw.votes WHERE MOD(kafka_offset, 2) = 0; DELETE FROM raw.rejects WHERE TRUE`)
	l.rebuild(`"all"`)
	l.replay(`{"topic":"votes"}`)
	l.replay(`{"topic":"voters"}`)
	l.deliver(l.messages()...)
	l.pass()
	l.rebuild(`"all"`)
	l.check()
	l.clean()
}

// A replay runs at the same time as drains, and doesn't change the committed
// offsets.
func TestBackfillWhileVotesComeIn(t *testing.T) {
	f := newFixture(t, small())
	l := newLine(t, f)
	l.push(l.ingest)
	l.replay(`{"topic":"votes","from":40,"to":90}`)
	var wg sync.WaitGroup
	wg.Go(func() { l.replay(`{}`) })
	wg.Go(l.drain)
	wg.Go(l.pass)
	wg.Wait()
	l.drain()
	l.passUntilAll()
	l.check()
	v := l.verifier()
	v.Patience = time.Minute
	report, err := v.Verify(t.Context())
	must(t, err)
	if !report.OK() {
		t.Errorf("after the backfill:\n%s", report)
	}
}
