package postgres_test

import (
	"testing"

	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/postgrestest"
)

// Tables without rows follow from no records.
func TestVerifyOfNothing(t *testing.T) {
	s := postgrestest.Start(t, nil)
	v := &verify.Verifier{Tables: query.Warehouse{Postgres: postgrestest.Pool(t, s.Database(t))}}
	report, err := v.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() || report.Tables != len(verify.Tables()) {
		t.Errorf("%+v", report)
	}
}
