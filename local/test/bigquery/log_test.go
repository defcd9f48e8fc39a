package bigquery_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Rows of before core named partitions by a number don't say which record they hold. A
// pass that needs one of them fails, says what to do, and changes nothing. Readers of live figures
// are told the same.
func TestRowsOfBeforeTheirLogAreRebuilt(t *testing.T) {
	t.Parallel()
	l := e2etest.NewLine(t, server, e2etest.NewFixture(t, e2etest.Small()))
	client := l.Tables.Client().BigQuery
	l.Drain()
	all := e2etest.VotesFirst(l.Messages())
	voters := slices.IndexFunc(all, func(m e2etest.Message) bool { return m.Attributes[recordbatch.AttrTopic] == "voters" })
	l.Deliver(all[:voters]...)
	l.Pass()
	for _, table := range []string{"core.ballots", "core.voters"} {
		l.Exec("ALTER TABLE " + table + " DROP COLUMN kafka_log")
	}
	must(t, warehouse.Ensure(t.Context(), client))

	l.Deliver(all[voters:]...) // the registrations of who has voted
	settled := l.Settled()
	if code, answer := l.Call(t.Context(), l.Aggregate, e2etest.CaughtUp); code != http.StatusInternalServerError {
		t.Errorf("aggregate without the numbers: %d %s", code, answer)
	}
	_, err := query.Rows[struct{ Books int64 }](t.Context(), client.Query("SELECT ARRAY_LENGTH(books) AS books"+
		" FROM analytics.live_changes(TIMESTAMP_SECONDS(0), TIMESTAMP '9999-01-01 00:00:00+00', 0, 0, 0)"))
	if err == nil || !strings.Contains(err.Error(), "the kafka_log of a ballot names no partition: rebuild everything") {
		t.Errorf("live figures without the numbers: %v", err)
	}
	if got := l.Settled(); got != settled {
		t.Errorf("%d records are settled after a pass that failed, want %d", got, settled)
	}
	l.Rebuild(`"all"`)
	l.Check()
	l.Clean()
}
