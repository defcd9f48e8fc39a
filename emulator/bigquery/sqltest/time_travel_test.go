package sqltest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A table is read as of a time at which it was what it is. Another time is refused: before the
// table was made and in the future as BigQuery does, and before its last change by name.
func TestTimeTravel(t *testing.T) {
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	e := open(t, Options{Now: func() time.Time { return now }})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.t AS SELECT 1 AS id")
	made := now
	asOf := func(at time.Time) string {
		res, err := e.Query(context.Background(), Query{SQL: fmt.Sprintf("SELECT COUNT(*) FROM d.t FOR SYSTEM_TIME AS OF TIMESTAMP_MICROS(%d)", at.UnixMicro()), Project: "p"})
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(res.Rows.Values[0][0])
	}
	now = now.Add(time.Hour)
	for at, want := range map[time.Time]string{
		now: "1", made: "1", made.Add(time.Minute): "1",
		now.Add(time.Second):   "Cannot read in the future",
		made.Add(-time.Second): fmt.Sprintf("Cannot read before %d", made.UnixMilli()),
	} {
		if got := asOf(at); !strings.Contains(got, want) {
			t.Errorf("as of %s: %s, want %s", at, got, want)
		}
	}
	query(t, e, "INSERT d.t VALUES (2)")
	changed := now
	now = now.Add(time.Minute)
	for at, want := range map[time.Time]string{now: "2", changed: "2", changed.Add(-time.Second): "is not supported by this emulator"} {
		if got := asOf(at); !strings.Contains(got, want) {
			t.Errorf("after a change, as of %s: %s, want %s", at, got, want)
		}
	}
	now = now.Add(8 * 24 * time.Hour)
	if got := asOf(changed); !strings.Contains(got, "Cannot read before") {
		t.Errorf("eight days later: %s", got)
	}
}
