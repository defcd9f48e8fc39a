package postgres_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// Tables without rows follow from no records.
func TestVerifyOfNothing(t *testing.T) {
	v := &verify.Verifier{Tables: query.Warehouse{Postgres: postgrestest.Pool(t, postgrestest.Shared(t).Database(t))}}
	report, err := v.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() || report.Tables != len(verify.Tables()) {
		t.Errorf("%+v", report)
	}
}

// Records that no pass has counted are on their way for an audit of the tables alone, and
// not counted for one that asks Kafka.
func TestVerifyBeforeAnyPass(t *testing.T) {
	c := newChain(t)
	all := c.batches(100)
	c.Deliver(append(all, all[0])...) // a record may stand in raw twice
	report := c.verify(&verify.Verifier{Tables: c.Tables.Client()})
	var records, onTheWay, repeats int64
	copied, err := strconv.ParseInt(all[0].Attributes[recordbatch.AttrCount], 10, 64)
	must(t, err)
	for _, p := range report.Partitions {
		records, onTheWay, repeats = records+p.Records, onTheWay+p.OnTheWay, repeats+p.Repeats
	}
	if want := int64(c.Fixture.Ledger.Records()); !report.OK() || records != want || onTheWay != want || repeats != copied {
		t.Errorf("%d records, %d on the way, %d repeats, want %d, %[4]d and %d:\n%s", records, onTheWay, repeats, want, copied, report)
	}
	report = c.verify(c.Verifier())
	for _, f := range report.Findings {
		if f.Table != "core.*" && f.Table != "core.progress" {
			t.Errorf("%s", f)
		}
	}
	if len(report.Findings) == 0 {
		t.Error("no finding says that the records aren't counted")
	}
}

// A step shows votes before a pass has settled them. They follow from raw.
func TestVerifyShownVotesThatAreNotSettled(t *testing.T) {
	c := newChain(t)
	c.Deliver(c.batches(100)...)
	const show = `INSERT INTO analytics.shown_hours (hour, state, candidate, votes, updated_at)
		SELECT date_trunc('hour', r.voted_at, 'UTC'), %s, r.candidate, 1, now()
		FROM raw.votes AS r JOIN raw.voters AS v USING (voter_key)
		ORDER BY r.voted_at, r.kafka_partition, r.kafka_offset LIMIT 1`
	tables := &verify.Verifier{Tables: c.Tables.Client()}
	c.Exec(fmt.Sprintf(show, "v.state"))
	if report := c.verify(tables); !report.OK() {
		t.Errorf("votes of raw are shown:\n%s", report)
	}
	c.Exec(fmt.Sprintf(show, "'nowhere'"))
	report := c.verify(tables)
	if len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Text, `state "nowhere"`) {
		t.Errorf("votes of nobody are shown:\n%s", report)
	}
}
