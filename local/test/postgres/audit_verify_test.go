package postgres_test

import (
	"testing"

	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/postgrestest"
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
	c.deliver(append(all, all[0])...) // a record may stand in raw twice
	report := c.verify(&verify.Verifier{Tables: c.tables()})
	var records, onTheWay, repeats int64
	for _, p := range report.Partitions {
		records, onTheWay, repeats = records+p.Records, onTheWay+p.OnTheWay, repeats+p.Repeats
	}
	if want := int64(c.ledger.Records()); !report.OK() || records != want || onTheWay != want || repeats != int64(len(all[0].Records)) {
		t.Errorf("%d records, %d on the way, %d repeats, want %d, %[4]d and %d:\n%s", records, onTheWay, repeats, want, len(all[0].Records), report)
	}
	report = c.verify(c.verifier())
	for _, f := range report.Findings {
		if f.Table != "core.*" && f.Table != "core.progress" {
			t.Errorf("%s", f)
		}
	}
	if len(report.Findings) == 0 {
		t.Error("no finding says that the records aren't counted")
	}
}
