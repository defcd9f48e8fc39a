package snapshot

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iterator"
)

//go:embed snapshot.sql
var figuresSQL string

//go:embed logs.sql
var logsSQL string

//go:embed certification.sql
var certificationSQL string

//go:embed live.sql
var liveSQL string

// arrivalsSQL counts the rows of raw: it changes with each one.
const arrivalsSQL = "(SELECT AS STRUCT * FROM analytics.live_arrivals(@floor)) AS arrivals"

// factsSQL are what a state of the count is worked out from, beside the figures.
var factsSQL = "ARRAY(\n" + logsSQL + ") AS logs,\nARRAY(\n" + certificationSQL + ") AS certifications"

// snapshotSQL reads everything in one statement.
var snapshotSQL = strings.Join([]string{strings.TrimRight(figuresSQL, "\n"), factsSQL, arrivalsSQL, liveSQL}, ",\n")

// votesSQL is the same where no registration is live. It is billed for less.
var votesSQL = strings.Replace(snapshotSQL, "analytics.live_changes(", "analytics.live_vote_changes(", 1)

// newestSQL finds about where the minutes end, see Snapshot.Anchor.
const newestSQL = `
SELECT LEAST(MAX(hour), IFNULL((SELECT MAX(last_ingested_at) FROM analytics.books), MAX(hour))) AS newest
FROM analytics.hourly_trends`

// idleSQL tells whether anything has come, or a pass has ended: each one changes its
// row of the books, whatever else it changes. It brings what may change without either
// too.
var idleSQL = "SELECT (SELECT MAX(updated_at) FROM analytics.books) AS newest,\n" + arrivalsSQL + ",\n" + factsSQL

// reportedSQL is when a report of the logs came last.
const reportedSQL = `SELECT MAX(ingested_at) AS newest FROM analytics.log_ends`

const (
	// Minutes older than recent are read only where the hours, which are read
	// every time, say that there is more, and not more often than deepEvery: at
	// most a minute and a candidate in a region is that much behind.
	recent    = 3 * time.Minute
	deepEvery = 2 * time.Second
	// Everything is read at least so often, whatever the books say.
	wholeEvery = 30 * time.Second
	// Reports of the logs are read as far back as this from the newest.
	reportsBack = 24 * time.Hour
)

// BigQuery is the Store over the analytics dataset of a BigQuery project.
//
// A snapshot is one query job, two where a registration is the first that comes. It adds what the records above the settled offsets change
// to what the passes have settled. While nothing comes the query counts the rows of raw
// and reads one column of the books and the reports of the logs; where these are as they
// were, the snapshot returned is the last one itself. On demand BigQuery bills at least
// 10 MB for each table of a query, whatever its size. The result cache stays on, so that
// asking again for tables that haven't changed is free.
//
// The minutes come from a view over core.vote_windows, which grows with the
// election: of it a snapshot reads the last minutes only, as long as the others
// add up to their hours.
type BigQuery struct {
	client   *bigquery.Client
	election string
	topics   Topics

	mu      sync.Mutex // held by a Snapshot from begin to end
	last    *Snapshot  // what was settled
	live    *Snapshot  // the same with the changes: what was returned
	raw     arrivals   // what raw had then
	wholeAt time.Time  // start of the last whole read
	deepAt  time.Time  // start of the last one that went further back than recent
	idle    bool       // the last read found nothing new, and nothing behind

	registrations bool      // there were some above the settled offsets, or nobody has looked
	waitingFrom   time.Time // no record that waits for a missing one came before this; zero if none waits
}

// NewBigQuery returns a Store that queries through client, whose project holds
// the analytics dataset; certifications are those of the election with this id.
// The client stays the caller's to close.
func NewBigQuery(client *bigquery.Client, election string, topics Topics) *BigQuery {
	return &BigQuery{client: client, election: election, topics: topics, registrations: true}
}

// Snapshot implements Store.
func (b *BigQuery) Snapshot(ctx context.Context) (*Snapshot, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	whole := b.last == nil || now.Sub(b.wholeAt) >= wholeEvery
	bounds := b.bounds()
	parameters, err := b.factsParameters(ctx)
	if err != nil {
		return nil, err
	}
	parameters = append(parameters, bigquery.QueryParameter{Name: "floor", Value: bounds.floor})
	if b.idle && !whole {
		s, err := b.unchanged(ctx, parameters, bounds)
		if s != nil || err != nil {
			return s, err
		}
	}
	from, err := b.readFrom(ctx, now, whole)
	if err != nil {
		return nil, err
	}
	parameters = append(append(parameters, bounds.parameters()...), bigquery.QueryParameter{Name: "minutes_from", Value: from})
	row, err := b.figures(ctx, parameters)
	if err != nil {
		return nil, err
	}
	s, err := row.snapshot()
	if err != nil {
		return nil, err
	}
	changes, err := row.changes()
	if err != nil {
		return nil, err
	}
	if !whole {
		s.Minutes = joinMinutes(b.last.Minutes, from, s.Minutes)
		keep := MinutesFrom(s.Anchor())
		s.Minutes = slices.DeleteFunc(s.Minutes, func(row MinuteRow) bool { return row.Minute.Before(keep) })
	}
	raw := row.Arrivals.since(bounds.floor)
	b.idle = b.last != nil && newestBook(s).Equal(newestBook(b.last)) && raw == b.raw && behind(s).IsZero()
	b.last, b.live, b.raw = s, s.with(changes), raw
	b.waitingFrom = row.WaitingFrom.Timestamp // zero when NULL
	if whole {
		b.wholeAt = now
	}
	return b.live, nil
}

// figures reads everything. It takes the statement that looks registrations up if the last
// read found any, or if the other one does.
func (b *BigQuery) figures(ctx context.Context, parameters []bigquery.QueryParameter) (*snapshotRow, error) {
	if !b.registrations {
		row := &snapshotRow{}
		if err := b.read(ctx, row, votesSQL, parameters...); err != nil || row.Registrations == 0 {
			return row, err
		}
	}
	row := &snapshotRow{}
	err := b.read(ctx, row, snapshotSQL, parameters...)
	b.registrations = err != nil || row.Registrations > 0
	return row, err
}

// unchanged returns the last snapshot, with what is known of the logs now, where
// nothing has come and no pass has ended since; else nil.
func (b *BigQuery) unchanged(ctx context.Context, parameters []bigquery.QueryParameter, bounds bounds) (*Snapshot, error) {
	var row struct {
		Newest   bigquery.NullTimestamp `bigquery:"newest"`
		Arrivals arrivalsRow            `bigquery:"arrivals"`
		factsRow
	}
	if err := b.read(ctx, &row, idleSQL, parameters...); err != nil {
		return nil, err
	}
	if !row.Newest.Valid || !row.Newest.Timestamp.Equal(newestBook(b.last)) || row.Arrivals.since(bounds.floor) != b.raw {
		return nil, nil
	}
	s := *b.live
	if err := row.facts(&s); err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(s.Logs, b.live.Logs) || !reflect.DeepEqual(s.Certified, b.live.Certified) {
		b.live = &s
	}
	return b.live, nil
}

// factsParameters are those of factsSQL.
func (b *BigQuery) factsParameters(ctx context.Context) ([]bigquery.QueryParameter, error) {
	from, err := b.reportsFrom(ctx)
	return []bigquery.QueryParameter{{Name: "reports_from", Value: from}, {Name: "election", Value: b.election}}, err
}

// reportsFrom is the ingest time from which reports of the logs are read. It is
// rounded down, so that the same query comes again. Only the first snapshot asks when
// the newest came: later ones have it, or know that there was none.
func (b *BigQuery) reportsFrom(ctx context.Context) (time.Time, error) {
	newest := never
	if b.last == nil {
		var err error
		if newest, err = b.newest(ctx, reportedSQL); err != nil {
			return time.Time{}, err
		}
	} else {
		for i := range b.live.Logs {
			newest = later(newest, b.live.Logs[i].ObservedAt)
		}
	}
	return newest.Add(-reportsBack).Truncate(time.Hour), nil
}

// readFrom is the minute from which minutes are read. It is rounded down, so
// that the same query comes again and can be answered from BigQuery's cache.
func (b *BigQuery) readFrom(ctx context.Context, now time.Time, whole bool) (time.Time, error) {
	if b.last == nil || len(b.last.Minutes) == 0 {
		newest, err := b.newest(ctx, newestSQL)
		return MinutesFrom(newest), err
	}
	newest := b.last.Anchor().Truncate(time.Minute)
	if whole {
		return MinutesFrom(newest), nil
	}
	from := newest.Add(-recent)
	if late := behind(b.last); !late.IsZero() && late.Before(from) && now.Sub(b.deepAt) >= deepEvery {
		from, b.deepAt = late, now
	}
	return from, nil
}

// behind is the start of the first hour whose minutes don't add up to it; zero
// where all do.
func behind(s *Snapshot) time.Time {
	if len(s.Minutes) == 0 {
		return time.Time{}
	}
	from := MinutesFrom(s.Anchor())
	difference := map[int64]int64{}
	for i := range s.Hours {
		if row := &s.Hours[i]; !row.Hour.Before(from) {
			difference[row.Hour.Unix()] += row.Votes
		}
	}
	for i := range s.Minutes {
		difference[s.Minutes[i].Minute.Truncate(time.Hour).Unix()] -= s.Minutes[i].Votes
	}
	for _, at := range slices.Sorted(maps.Keys(difference)) {
		if at >= from.Unix() && difference[at] != 0 {
			return time.Unix(at, 0).UTC()
		}
	}
	return time.Time{}
}

// newest runs a query for one time. It is the beginning of 1970 where there is
// none.
func (b *BigQuery) newest(ctx context.Context, sql string) (time.Time, error) {
	var row struct {
		Newest bigquery.NullTimestamp `bigquery:"newest"`
	}
	if err := b.read(ctx, &row, sql); err != nil {
		return time.Time{}, err
	}
	if !row.Newest.Valid {
		return never, nil
	}
	return row.Newest.Timestamp, nil
}

// read runs a query that answers with one row.
func (b *BigQuery) read(ctx context.Context, row any, sql string, parameters ...bigquery.QueryParameter) error {
	q := b.client.Query(sql)
	q.Parameters = parameters
	q.Labels = map[string]string{"function": "dashboard"}
	rows, err := q.Read(ctx)
	if err != nil {
		return fmt.Errorf("query the analytics tables: %w", noTables(err))
	}
	switch err := rows.Next(row); {
	case errors.Is(err, iterator.Done):
		return errors.New("query the analytics tables: the answer has no row, want one")
	case err != nil:
		return fmt.Errorf("read the analytics tables: %w", noTables(err))
	}
	return nil
}

// noTables adds ErrNoTables to what BigQuery answers for a missing table or
// dataset.
func noTables(err error) error {
	var api *googleapi.Error
	if errors.As(err, &api) && api.Code == http.StatusNotFound {
		return fmt.Errorf("%w: %w", ErrNoTables, err)
	}
	return err
}

// newestBook is the start of the last pass; the beginning of 1970 before one.
func newestBook(s *Snapshot) time.Time {
	newest := never
	for _, row := range s.Books {
		if row.UpdatedAt.After(newest) {
			newest = row.UpdatedAt
		}
	}
	return newest
}

// joinMinutes puts rows from some minute on behind those from before.
func joinMinutes(before []MinuteRow, from time.Time, rows []MinuteRow) []MinuteRow {
	end := sort.Search(len(before), func(i int) bool { return !before[i].Minute.Before(from) })
	return slices.Concat(before[:end], rows)
}
