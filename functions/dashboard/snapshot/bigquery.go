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
	"golang.org/x/sync/errgroup"
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

	mu     sync.Mutex
	latest reading // of the calls that have ended, the one that began last
}

// reading is what a call of Snapshot found. A later call goes by it, and leaves it as it
// is: calls may be under way at the same time.
type reading struct {
	began   time.Time // zero before the first
	last    *Snapshot // what was settled
	live    *Snapshot // the same with the changes: what was returned
	raw     arrivals  // what raw had then
	wholeAt time.Time // start of the last whole read
	deepAt  time.Time // start of the last one that went further back than recent
	idle    bool      // it found nothing new, and nothing behind

	votesAlone  bool      // it found no registration above the settled offsets
	waitingFrom time.Time // no record that waits for a missing one came before this; zero if none waits
}

// NewBigQuery returns a Store that queries through client, whose project holds
// the analytics dataset; certifications are those of the election with this id.
// The client stays the caller's to close.
func NewBigQuery(client *bigquery.Client, election string, topics Topics) *BigQuery {
	return &BigQuery{client: client, election: election, topics: topics}
}

// Snapshot implements Store.
func (b *BigQuery) Snapshot(ctx context.Context) (*Snapshot, error) {
	b.mu.Lock()
	before := b.latest
	b.mu.Unlock()
	r, err := b.look(ctx, before, time.Now())
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.latest.began.Before(r.began) {
		b.latest = r
	}
	return r.live, nil
}

// look reads what there is now, knowing what was read before.
func (b *BigQuery) look(ctx context.Context, before reading, now time.Time) (reading, error) {
	whole := before.last == nil || now.Sub(before.wholeAt) >= wholeEvery
	bounds := before.bounds(b.topics)
	newest, err := b.newestOf(ctx, before)
	if err != nil {
		return reading{}, err
	}
	parameters := []bigquery.QueryParameter{
		{Name: "reports_from", Value: newest.report.Add(-reportsBack).Truncate(time.Hour)},
		{Name: "election", Value: b.election}, {Name: "floor", Value: bounds.floor},
	}
	if before.idle && !whole {
		r, err := b.unchanged(ctx, before, parameters, bounds)
		if r.live != nil || err != nil {
			r.began = now
			return r, err
		}
	}
	r := before
	r.began = now
	from := r.readFrom(newest.minute, whole)
	parameters = append(append(parameters, bounds.parameters()...), bigquery.QueryParameter{Name: "minutes_from", Value: from})
	row, err := b.figures(ctx, before.votesAlone, parameters)
	if err != nil {
		return reading{}, err
	}
	s, err := row.snapshot()
	if err != nil {
		return reading{}, err
	}
	changes, err := row.changes()
	if err != nil {
		return reading{}, err
	}
	if !whole {
		s.Minutes = joinMinutes(before.last.Minutes, from, s.Minutes)
		keep := MinutesFrom(s.Anchor())
		s.Minutes = slices.DeleteFunc(s.Minutes, func(row MinuteRow) bool { return row.Minute.Before(keep) })
	}
	raw := row.Arrivals.since(bounds.floor)
	r.idle = before.last != nil && newestBook(s).Equal(newestBook(before.last)) && raw == before.raw && behind(s).IsZero()
	r.last, r.live, r.raw = s, s.with(changes), raw
	r.votesAlone, r.waitingFrom = row.Registrations == 0, row.WaitingFrom.Timestamp // zero when NULL
	if whole {
		r.wholeAt = now
	}
	return r, nil
}

// figures reads everything. votesAlone says that no registration was live a moment ago: then
// it takes the statement that looks none up, unless that one finds some.
func (b *BigQuery) figures(ctx context.Context, votesAlone bool, parameters []bigquery.QueryParameter) (*snapshotRow, error) {
	if votesAlone {
		row := &snapshotRow{}
		if err := b.read(ctx, row, votesSQL, parameters...); err != nil || row.Registrations == 0 {
			return row, err
		}
	}
	row := &snapshotRow{}
	return row, b.read(ctx, row, snapshotSQL, parameters...)
}

// unchanged returns the reading before, with what is known of the logs now, where
// nothing has come and no pass has ended since; else one without a snapshot.
func (b *BigQuery) unchanged(ctx context.Context, before reading, parameters []bigquery.QueryParameter, bounds bounds) (reading, error) {
	var row struct {
		Newest   bigquery.NullTimestamp `bigquery:"newest"`
		Arrivals arrivalsRow            `bigquery:"arrivals"`
		factsRow
	}
	if err := b.read(ctx, &row, idleSQL, parameters...); err != nil {
		return reading{}, err
	}
	if !row.Newest.Valid || !row.Newest.Timestamp.Equal(newestBook(before.last)) || row.Arrivals.since(bounds.floor) != before.raw {
		return reading{}, nil
	}
	s := *before.live
	if err := row.facts(&s); err != nil {
		return reading{}, err
	}
	if !reflect.DeepEqual(s.Logs, before.live.Logs) || !reflect.DeepEqual(s.Certified, before.live.Certified) {
		before.live = &s
	}
	return before, nil
}

// newest are times up to which there is something to read: of the reports of the logs, and
// of the minutes. From both, what is read from is rounded down, so that the same query
// comes again and can be answered from BigQuery's cache.
type newest struct{ report, minute time.Time }

// newestOf asks for the newest times if nothing was read before. Later snapshots have
// them, or know that there are none.
func (b *BigQuery) newestOf(ctx context.Context, before reading) (n newest, err error) {
	if before.last == nil {
		asked, ctx := errgroup.WithContext(ctx)
		asked.Go(func() (err error) { n.report, err = b.newest(ctx, reportedSQL); return err })
		asked.Go(func() (err error) { n.minute, err = b.newest(ctx, newestSQL); return err })
		err = asked.Wait()
		return n, err
	}
	n = newest{report: never, minute: never}
	for i := range before.live.Logs {
		n.report = later(n.report, before.live.Logs[i].ObservedAt)
	}
	if len(before.last.Minutes) > 0 {
		n.minute = before.last.Anchor().Truncate(time.Minute)
	}
	return n, nil
}

// readFrom is the minute from which minutes are read, by the newest. While there are none,
// all are read that come.
func (r *reading) readFrom(newest time.Time, whole bool) time.Time {
	if whole || len(r.last.Minutes) == 0 {
		return MinutesFrom(newest)
	}
	from := newest.Add(-recent)
	if late := behind(r.last); !late.IsZero() && late.Before(from) && r.began.Sub(r.deepAt) >= deepEvery {
		from, r.deepAt = late, r.began
	}
	return from
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
