package stores

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/bigquery"
	"golang.org/x/sync/errgroup"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iterator"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// arrivalsSQL counts the rows of raw: it changes with each one.
const arrivalsSQL = "(SELECT AS STRUCT * FROM analytics.live_arrivals(@floor)) AS arrivals"

// factsSQL are what a state of the count is worked out from, beside the figures.
var factsSQL = "ARRAY(\n" + googleSQL.Text("logs", nil) + "\n) AS logs,\nARRAY(\n" + googleSQL.Text("certification", nil) + "\n) AS certifications"

// snapshotSQL reads everything in one statement.
var snapshotSQL = strings.Join([]string{googleSQL.Text("snapshot", nil), factsSQL, arrivalsSQL, googleSQL.Text("live", nil)}, ",\n")

// votesSQL is the same where no registration is live. It is billed for less.
var votesSQL = strings.Replace(snapshotSQL, "analytics.live_changes(", "analytics.live_vote_changes(", 1)

// newestSQL finds about where the minutes end, see Anchor of a Snapshot.
const newestSQL = `
SELECT LEAST(MAX(hour), IFNULL((SELECT MAX(last_ingested_at) FROM analytics.books), MAX(hour))) AS newest
FROM analytics.hourly_trends`

// idleSQL tells whether anything has come, or a pass has ended: each one changes its
// row of the books, whatever else it changes. It brings what may change without either
// too.
var idleSQL = "SELECT (SELECT MAX(updated_at) FROM analytics.books) AS newest,\n" + arrivalsSQL + ",\n" + factsSQL

// reportedSQL is when a report of the logs came last.
const reportedSQL = `SELECT MAX(ingested_at) AS newest FROM analytics.log_ends`

// reportsBack is how far back from the newest one reports of the logs are read.
const reportsBack = 24 * time.Hour

// BigQuery is the snapshot.Store over the analytics dataset of a BigQuery project.
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
	client   *warehouse.Client
	election string
	topics   snapshot.Topics

	mu     sync.Mutex
	latest bigqueryReading // of the calls that have ended, the one that began last
}

// bigqueryReading is a reading, and what tells whether the next one may be small.
type bigqueryReading struct {
	reading
	raw  arrivals // what raw had then
	idle bool     // it found nothing new, and nothing behind

	votesAlone  bool      // it found no registration above the settled offsets
	waitingFrom time.Time // no record that waits for a missing one came before this; zero if none waits
}

// NewBigQuery returns a Store that queries through client, whose project holds
// the analytics dataset; certifications are those of the election with this id.
// The client stays the caller's to close.
func NewBigQuery(client *warehouse.Client, election string, topics snapshot.Topics) *BigQuery {
	return &BigQuery{client: client, election: election, topics: topics}
}

// Snapshot implements snapshot.Store.
func (b *BigQuery) Snapshot(ctx context.Context) (*snapshot.Snapshot, error) {
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
func (b *BigQuery) look(ctx context.Context, before bigqueryReading, now time.Time) (bigqueryReading, error) {
	whole := before.whole(now)
	bounds := boundsOf(b.topics, before.last, before.logs(), before.waitingFrom, backlog{mostUnsettled, never})
	newest, err := b.newestOf(ctx, before)
	if err != nil {
		return bigqueryReading{}, err
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
	from, err := r.minutesFrom(whole, func() (time.Time, error) { return newest.minute, nil })
	if err != nil {
		return bigqueryReading{}, err
	}
	parameters = append(append(parameters, bounds.parameters()...), bigquery.QueryParameter{Name: "minutes_from", Value: from})
	row, err := b.figures(ctx, before.votesAlone, parameters)
	if err != nil {
		return bigqueryReading{}, err
	}
	s, err := row.snapshot()
	if err != nil {
		return bigqueryReading{}, err
	}
	changes, err := row.changes()
	if err != nil {
		return bigqueryReading{}, err
	}
	r.raw = row.Arrivals.since(bounds.floor)
	r.votesAlone, r.waitingFrom = row.Registrations == 0, row.WaitingFrom.Timestamp // zero when NULL
	r.keep(s, changes, from, whole)
	r.idle = before.last != nil && newestBook(s).Equal(newestBook(before.last)) && r.raw == before.raw && r.late.IsZero()
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
func (b *BigQuery) unchanged(ctx context.Context, before bigqueryReading, parameters []bigquery.QueryParameter, bounds bounds) (bigqueryReading, error) {
	var row struct {
		Newest   bigquery.NullTimestamp `bigquery:"newest"`
		Arrivals arrivalsRow            `bigquery:"arrivals"`
		factsRow
	}
	if err := b.read(ctx, &row, idleSQL, parameters...); err != nil {
		return bigqueryReading{}, err
	}
	if !row.Newest.Valid || !row.Newest.Timestamp.Equal(newestBook(before.last)) || row.Arrivals.since(bounds.floor) != before.raw {
		return bigqueryReading{}, nil
	}
	s := *before.live
	if err := row.facts(&s); err != nil {
		return bigqueryReading{}, err
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
func (b *BigQuery) newestOf(ctx context.Context, before bigqueryReading) (n newest, err error) {
	if before.last == nil {
		asked, ctx := errgroup.WithContext(ctx)
		asked.Go(func() (err error) { n.report, err = b.newest(ctx, reportedSQL); return err })
		asked.Go(func() (err error) { n.minute, err = b.newest(ctx, newestSQL); return err })
		err = asked.Wait() // before n is read
		return n, err
	}
	n.report = newestReport(before.logs())
	return n, nil
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
		return fmt.Errorf("%w: %w", snapshot.ErrNoTables, err)
	}
	return err
}
