package sqltest

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// A partition is gone once its beginning is older than the table says, and a table once its time
// has come. Rows of no partition stay.
func TestExpiration(t *testing.T) {
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	e := open(t, Options{Now: func() time.Time { return now }})
	createDataset(t, e)
	query(t, e, "CREATE TABLE d.days (id INT64, day DATE) PARTITION BY day OPTIONS (partition_expiration_days = 2)")
	query(t, e, "INSERT d.days VALUES (1, '2026-11-03'), (2, '2026-11-02'), (3, '2026-11-01'), (4, NULL), (5, '2020-01-01')")
	query(t, e, "CREATE TABLE d.hours (id INT64, ts TIMESTAMP) PARTITION BY TIMESTAMP_TRUNC(ts, HOUR) OPTIONS (partition_expiration_days = 0.5)")
	query(t, e, "INSERT d.hours VALUES (1, '2026-11-03 11:30:00+00'), (2, '2026-11-03 00:30:00+00'), (3, '2026-11-03 01:00:00+00')")
	ids := func(table string) string {
		return fmt.Sprint(values(t, e, "SELECT STRING_AGG(CAST(id AS STRING), ' ' ORDER BY id) FROM "+table)[0][0])
	}
	want := func(days, hours string) {
		t.Helper()
		if got := ids("d.days"); got != days {
			t.Errorf("days %s, want %s", got, days)
		}
		if got := ids("d.hours"); got != hours {
			t.Errorf("hours %s, want %s", got, hours)
		}
	}
	want("1 2 4", "1 3")
	now = now.Add(13 * time.Hour) // 2026-11-04 01:00
	want("1 4", "<nil>")
	table, err := e.Table(context.Background(), TableRef{Project: "p", Dataset: "d", Table: "days"})
	if err != nil || table.NumRows != 2 {
		t.Errorf("the table has %v rows, %v", table, err)
	}
	query(t, e, "ALTER TABLE d.days SET OPTIONS (partition_expiration_days = NULL)")
	now = now.Add(100 * 24 * time.Hour)
	query(t, e, "INSERT d.days VALUES (6, '2020-01-01')")
	want("1 4 6", "<nil>")

	query(t, e, "CREATE TABLE d.gone OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)) AS SELECT 1 AS id")
	if got := ids("d.gone"); got != "1" {
		t.Errorf("a table that will expire has %s", got)
	}
	now = now.Add(time.Hour)
	if _, err := e.Query(context.Background(), Query{SQL: "SELECT * FROM d.gone", Project: "p"}); err == nil {
		t.Error("a table that has expired is there")
	}
	list, err := e.ListTables(context.Background(), "p", "d")
	if err != nil || len(list) != 2 {
		t.Errorf("%d tables are left, %v", len(list), err)
	}
}
