package sqltest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

// A table is read as of any time since it was made that isn't more than seven days ago.
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
	for at, want := range map[time.Time]string{now: "2", changed: "2", changed.Add(-time.Second): "1"} {
		if got := asOf(at); !strings.Contains(got, want) {
			t.Errorf("after a change, as of %s: %s, want %s", at, got, want)
		}
	}
	now = now.Add(3 * 24 * time.Hour)
	query(t, e, "ALTER SCHEMA d SET OPTIONS (max_time_travel_hours = 48)")
	if got := asOf(changed); !strings.Contains(got, "Cannot read before") {
		t.Errorf("three days later, of which two are kept: %s", got)
	}
	query(t, e, "ALTER SCHEMA d SET OPTIONS (max_time_travel_hours = 96)")
	if got := asOf(changed); got != "2" {
		t.Errorf("three days later, of which four are kept: %s", got)
	}
	now = now.Add(5 * 24 * time.Hour)
	if got := asOf(changed); !strings.Contains(got, "Cannot read before") {
		t.Errorf("eight days later: %s", got)
	}
}

// past is an engine with a clock that advances by a minute with each step.
type past struct {
	*Engine
	t   *testing.T
	now time.Time
}

func openPast(t *testing.T) *past {
	p := &past{t: t, now: time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)}
	p.Engine = open(t, Options{Now: func() time.Time { return p.now }})
	createDataset(t, p.Engine)
	return p
}

// step runs SQL and returns the time after it.
func (p *past) step(sql string) time.Time {
	p.t.Helper()
	query(p.t, p.Engine, sql)
	at := p.now
	p.now = p.now.Add(time.Minute)
	return at
}

// answer is the rows of a query, or its error.
func (p *past) answer(sql string) string {
	res, err := p.Query(context.Background(), Query{SQL: sql, Project: "p"})
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(res.Rows.Values)
}

func micros(at time.Time) string { return fmt.Sprintf("TIMESTAMP_MICROS(%d)", at.UnixMicro()) }

// Every state of a table is read again, whatever changed it.
func TestTimeTravelOverChanges(t *testing.T) {
	p := openPast(t)
	steps := []struct{ sql, want string }{
		{"CREATE TABLE d.t AS SELECT 1 AS id, [1] AS list", "1"},
		{"INSERT d.t VALUES (2, [2])", "1 2"},
		{"UPDATE d.t SET id = 20, list = [7] WHERE id = 2", "1 20"},
		{"INSERT d.t VALUES (3, [3])", "1 20 3"},
		{"DELETE FROM d.t WHERE id = 1", "20 3"},
		{"MERGE d.t USING (SELECT 3 AS id UNION ALL SELECT 4) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET id = 30 WHEN NOT MATCHED THEN INSERT VALUES (s.id, [])", "20 30 4"},
		{"BEGIN TRANSACTION; INSERT d.t VALUES (5, NULL); COMMIT TRANSACTION", "20 30 4 5"},
		{"BEGIN TRANSACTION; DELETE FROM d.t WHERE id = 5; INSERT d.t VALUES (6, NULL); COMMIT TRANSACTION", "20 30 4 6"},
		{"BEGIN TRANSACTION; DELETE FROM d.t WHERE TRUE; ROLLBACK TRANSACTION", "20 30 4 6"},
		{"ALTER TABLE d.t ADD COLUMN name STRING", "20 30 4 6"},
		{"TRUNCATE TABLE d.t", ""},
		{"INSERT d.t (id) VALUES (8)", "8"},
		{"CREATE OR REPLACE TABLE d.t AS SELECT 9 AS id, 'x' AS other", "9"},
		{"ALTER TABLE d.t DROP COLUMN other", "9"},
	}
	times := make([]time.Time, len(steps))
	for i, s := range steps {
		times[i] = p.step(s.sql)
	}
	for i, s := range steps {
		want := "[[[" + s.want + "]]]"
		got := p.answer("SELECT ARRAY(SELECT id FROM d.t FOR SYSTEM_TIME AS OF " + micros(times[i]) + " ORDER BY MOD(id, 20) - IF(id = 30, 7.5, 0))")
		if len(strings.Fields(got)) != len(strings.Fields(want)) || sorted(got) != sorted(want) {
			t.Errorf("after %s: %s, want %s", s.sql, got, want)
		}
	}
	for sql, want := range map[string]string{
		"SELECT * FROM d.t FOR SYSTEM_TIME AS OF " + micros(times[1]) + " WHERE id = 2":                                     "[[2 [2]]]",
		"SELECT name FROM d.t FOR SYSTEM_TIME AS OF " + micros(times[9]) + " WHERE id = 4":                                  "[[<nil>]]",
		"SELECT other FROM d.t FOR SYSTEM_TIME AS OF " + micros(times[12]):                                                  "[[x]]",
		"SELECT name FROM d.t FOR SYSTEM_TIME AS OF " + micros(times[1]):                                                    "Unrecognized name: name at [1:8]",
		"SELECT a.id, b.id FROM d.t AS a FOR SYSTEM_TIME AS OF " + micros(times[12]) + " JOIN d.t AS b USING (id)":          "other columns, in one statement, is not supported by this emulator",
		"SELECT COUNT(*) FROM d.t AS a FOR SYSTEM_TIME AS OF " + micros(times[13]) + " JOIN d.t AS b USING (id)":            "[[1]]",
		"BEGIN TRANSACTION; SELECT id FROM d.t FOR SYSTEM_TIME AS OF " + micros(times[3]) + "; COMMIT TRANSACTION":          "in a transaction, is not supported by this emulator",
		"BEGIN TRANSACTION; SELECT id FROM d.t FOR SYSTEM_TIME AS OF " + micros(times[13]) + "; COMMIT TRANSACTION":         "[[9]]",
		"CREATE TABLE d.clone CLONE d.t FOR SYSTEM_TIME AS OF " + micros(times[4]) + "; SELECT SUM(id) FROM d.clone":        "[[23]]",
		"CREATE SNAPSHOT TABLE d.snap CLONE d.t FOR SYSTEM_TIME AS OF " + micros(times[1]) + "; SELECT SUM(id) FROM d.snap": "[[3]]",
	} {
		if got := p.answer(sql); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	snap, err := p.Table(t.Context(), TableRef{Project: "p", Dataset: "d", Table: "snap"})
	if err != nil || snap.SnapshotDefinition.SnapshotTime != times[1].Format("2006-01-02T15:04:05.000000Z") {
		t.Errorf("the snapshot is of %v, want %s: %v", snap.SnapshotDefinition, times[1], err)
	}
}

// sorted is a text with its fields in order.
func sorted(text string) string {
	fields := strings.Fields(strings.Trim(text, "[]"))
	slices.Sort(fields)
	return strings.Join(fields, " ")
}

// A table that changes more often than copies are made of it is refused as of those times, and
// only those.
func TestTimeTravelEnds(t *testing.T) {
	p := openPast(t)
	made := p.step("CREATE TABLE d.t AS SELECT 0 AS id")
	for range 30 {
		query(t, p.Engine, "UPDATE d.t SET id = id + 1 WHERE TRUE")
		p.now = p.now.Add(time.Second)
	}
	for at, want := range map[time.Time]string{
		made:                        "[[0]]",
		made.Add(62 * time.Second):  "[[3]]",
		p.now.Add(-5 * time.Second): "which isn't kept any more",
		p.now:                       "[[30]]",
	} {
		if got := p.answer("SELECT id FROM d.t FOR SYSTEM_TIME AS OF " + micros(at)); !strings.Contains(got, want) {
			t.Errorf("as of %s: %s, want %s", at, got, want)
		}
	}
}

// A table that was dropped comes back by a copy of its name with a time.
func TestUndrop(t *testing.T) {
	p := openPast(t)
	p.step("CREATE TABLE d.t AS SELECT 1 AS id")
	before := p.step("INSERT d.t VALUES (2)")
	p.step("DROP TABLE d.t")
	copied := func(from, to string) string {
		_, err := p.CopyTables(t.Context(), engine.Copy{From: []TableRef{{Project: "p", Dataset: "d", Table: from}}, To: TableRef{Project: "p", Dataset: "d", Table: to}})
		if err != nil {
			return err.Error()
		}
		return p.answer("SELECT SUM(id) FROM d." + to)
	}
	for from, want := range map[string]string{
		fmt.Sprintf("t@%d", before.UnixMilli()):                   "[[3]]",
		fmt.Sprintf("t@%d", before.Add(-time.Second).UnixMilli()): "[[1]]",
		fmt.Sprintf("t@-%d", (90 * time.Second).Milliseconds()):   "[[3]]",
		fmt.Sprintf("t@%d", p.now.UnixMilli()):                    "Not found: Table p:d.t was not found in location US",
		fmt.Sprintf("t@%d", p.now.Add(time.Second).UnixMilli()):   "Cannot read in the future",
		fmt.Sprintf("never@%d", before.UnixMilli()):               "Not found: Table p:d.never was not found in location US",
	} {
		if got := copied(from, fmt.Sprintf("back%d", len(from)*1000+len(want))); !strings.Contains(got, want) {
			t.Errorf("a copy of %s: %s, want %s", from, got, want)
		}
		query(t, p.Engine, "DROP TABLE IF EXISTS d."+fmt.Sprintf("back%d", len(from)*1000+len(want)))
	}
}

// APPENDS returns the rows that were appended in a time, CHANGES all that changed.
func TestChangeHistory(t *testing.T) {
	p := openPast(t)
	p.step("CREATE TABLE d.t (id INT64, list ARRAY<INT64>) OPTIONS (enable_change_history = TRUE)")
	first := p.step("INSERT d.t VALUES (1, [1]), (2, [2])")
	second := p.step("INSERT d.t VALUES (3, NULL)")
	p.step("UPDATE d.t SET list = [9] WHERE id = 1")
	third := p.step("INSERT d.t VALUES (4, [])")
	p.step("DELETE FROM d.t WHERE id = 2")
	p.step("CREATE TABLE d.plain (id INT64)")
	before := p.now
	p.now = p.now.Add(time.Hour)
	changes := func(call string) string {
		return p.answer("SELECT id, list, _CHANGE_TYPE, TIMESTAMP_DIFF(_CHANGE_TIMESTAMP, " + micros(first) + ", MINUTE) FROM " + call + " ORDER BY _CHANGE_TIMESTAMP, id")
	}
	for call, want := range map[string]string{
		"APPENDS(TABLE d.t)":             "[[1 [1] INSERT 0] [2 [2] INSERT 0] [3 [] INSERT 1] [4 [] INSERT 3]]",
		"APPENDS(TABLE d.t, NULL, NULL)": "[[1 [1] INSERT 0] [2 [2] INSERT 0] [3 [] INSERT 1] [4 [] INSERT 3]]",
		"APPENDS(TABLE d.t, " + micros(second) + ", " + micros(third) + ")":                 "[[3 [] INSERT 1]]",
		"APPENDS(TABLE d.t, " + micros(second) + ")":                                        "[[3 [] INSERT 1] [4 [] INSERT 3]]",
		"CHANGES(TABLE d.t, NULL, " + micros(before) + ")":                                  "[[1 [1] INSERT 0] [2 [2] INSERT 0] [3 [] INSERT 1] [1 [9] UPDATE 2] [4 [] INSERT 3] [2 [2] DELETE 4]]",
		"CHANGES(TABLE d.t, " + micros(third) + ", " + micros(before) + ")":                 "[[4 [] INSERT 3] [2 [2] DELETE 4]]",
		"CHANGES(TABLE d.t, NULL, CURRENT_TIMESTAMP())":                                     "at least ten minutes before",
		"CHANGES(TABLE d.plain, NULL, " + micros(before) + ")":                              "Unrecognized name: list",
		"(SELECT *, [0] AS list FROM CHANGES(TABLE d.plain, NULL, " + micros(before) + "))": "enable_change_history",
		"APPENDS(TABLE d.t, TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR))":           "in the future",
	} {
		if got := changes(call); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", call, got, want)
		}
	}
	if got, want := p.answer("SELECT table_name, is_change_history_enabled FROM d.INFORMATION_SCHEMA.TABLES ORDER BY 1"), "[[plain NO] [t YES]]"; got != want {
		t.Errorf("the option is %s, want %s", got, want)
	}
	p.step("UPDATE d.t SET list = [9] WHERE TRUE")
	p.now = p.now.Add(time.Hour)
	if got := changes("CHANGES(TABLE d.t, NULL, " + micros(p.now.Add(-time.Hour)) + ")"); !strings.Contains(got, "can't be told apart") {
		t.Errorf("an update that changes nothing of a row: %s", got)
	}
}
