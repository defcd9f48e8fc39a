package sqltest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A script that is failed before any of its statements leaves nothing behind,
// unless it has committed.
func TestBeforeStatement(t *testing.T) {
	const script = `CREATE TEMP TABLE n AS SELECT 2 AS k;
BEGIN TRANSACTION;
DELETE FROM d.t WHERE TRUE;
INSERT INTO d.t (k) SELECT k FROM n;
COMMIT TRANSACTION;
SELECT k FROM d.t`
	var told []string
	failing := 0
	e := open(t, Options{BeforeStatement: func(_ context.Context, s Statement) error {
		if s.Project != "p" {
			t.Errorf("project %q", s.Project)
		}
		told = append(told, strings.Fields(s.SQL)[0])
		if s.Number == failing {
			return errors.New("stop")
		}
		return nil
	}})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS k")
	if len(told) != 0 {
		t.Errorf("told of %v, which was no script", told)
	}
	want := []string{"CREATE", "BEGIN", "DELETE", "INSERT", "COMMIT", "SELECT"}
	for n := range want {
		told, failing = nil, n+1
		if _, err := e.Query(t.Context(), Query{Project: "p", SQL: script}); err == nil || !strings.Contains(err.Error(), "stop") {
			t.Errorf("failed at %d: error = %v", failing, err)
		}
		if diff := cmp.Diff(want[:failing], told); diff != "" {
			t.Errorf("statements (-want +got):\n%s", diff)
		}
		held := int64(1)
		if want[n] == "SELECT" {
			held = 2 // committed
		}
		if diff := cmp.Diff([][]any{{held}}, values(t, e, "SELECT k FROM d.t")); diff != "" {
			t.Errorf("rows after it failed at %d (-want +got):\n%s", failing, diff)
		}
	}
}
