package bigquery_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/shared/drain"
)

// On BigQuery a rebuild that has a name outlives a call whose time is up, and runs once, however often
// it is called.
func TestRebuildOfAnOperation(t *testing.T) {
	t.Parallel()
	l := e2etest.NewLine(t, server, e2etest.NewFixture(t, e2etest.Small()))
	l.Drain()
	l.Deliver(l.Messages()...)
	l.Pass()
	call := func(operation string, seconds float64) (s drain.AggregateSummary) {
		t.Helper()
		body := fmt.Sprintf(`{"rebuild":"all","operation":%q,"seconds":%g}`, operation, seconds)
		code, answer := l.Call(t.Context(), l.Aggregate, body)
		if err := json.Unmarshal([]byte(answer), &s); err != nil || code != http.StatusOK {
			t.Fatalf("%s: %d %s", body, code, answer)
		}
		return s
	}
	l.Damage(false)
	if s := call("first", 1e-9); !s.Running {
		t.Errorf("a call that waits for nothing says %+v", s)
	}
	call("first", 600)
	l.Check()
	l.Damage(false)
	if s := call("first", 600); s.Passes != 1 || s.Running || l.Verify().OK() {
		t.Errorf("an operation that has ended was run again: %+v", s)
	}
	call("second", 600)
	l.Check()
}
