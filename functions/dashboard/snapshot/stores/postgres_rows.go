package stores

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/kafka"
)

// readTables reads what passes have settled into a snapshot, minutes from a time on.
func readTables(ctx context.Context, tx pgx.Tx, s *snapshot.Snapshot, from time.Time) error {
	batch := &pgx.Batch{}
	queue(batch, "candidates", func(row pgx.Rows) error {
		var c snapshot.CandidateRow
		err := row.Scan(&c.ElectionDate, &c.ID, &c.Name, &c.Party, &c.Image, &c.Votes, &c.UpdatedAt)
		s.Candidates = append(s.Candidates, c)
		return err
	})
	queue(batch, "regions", func(row pgx.Rows) error {
		var r snapshot.RegionRow
		err := row.Scan(&r.State, &r.Registered, &r.Voted, &r.UpdatedAt)
		s.Regions = append(s.Regions, r)
		return err
	})
	queue(batch, "amendments", func(row pgx.Rows) error {
		var a snapshot.AmendmentRow
		err := row.Scan(&a.Minute, &a.Candidate, &a.Before, &a.After, &a.Revision, &a.AmendedAt)
		s.Amendments = append(s.Amendments, a)
		return err
	})
	queue(batch, "books", func(row pgx.Rows) error {
		b, err := scanBook(row)
		s.Books = append(s.Books, b)
		return err
	})
	queue(batch, "rejections", func(row pgx.Rows) error {
		var r snapshot.RejectionRow
		err := row.Scan(&r.Topic, &r.Reason, &r.Records)
		s.Rejections = append(s.Rejections, r)
		return err
	})
	queuePacked(batch, s, from)
	err := tx.SendBatch(ctx, batch).Close()
	sortRows(s)
	return err
}

// queuePacked adds the queries whose rows are packed.
func queuePacked(batch *pgx.Batch, s *snapshot.Snapshot, from time.Time) {
	var state, name, packed string
	var at time.Time
	queue(batch, "hours", func(row pgx.Rows) error {
		if err := row.Scan(&state, &name, &packed, &at); err != nil {
			return err
		}
		return unpackHours(s, state, name, packed, at)
	})
	queueShown(batch, s)
	queue(batch, "minutes", func(row pgx.Rows) error {
		if err := row.Scan(&state, &name, &packed); err != nil {
			return err
		}
		return unpackMinutes(s, state, name, packed)
	}, pgx.NamedArgs{"minutes_from": from})
	queue(batch, "demographics", func(row pgx.Rows) error {
		if err := row.Scan(&state, &name, &packed, &at); err != nil {
			return err
		}
		return unpackGroups(s, state, name, packed, at)
	})
}

// queueShown adds the query of what is shown by candidate.
func queueShown(batch *pgx.Batch, s *snapshot.Snapshot) {
	var state, name, packed string
	queue(batch, "shown", func(row pgx.Rows) error {
		if err := row.Scan(&state, &name, &packed); err != nil {
			return err
		}
		return unpackShown(s, state, name, packed)
	})
}

// readShown reads what is shown by candidate anew.
func readShown(ctx context.Context, tx pgx.Tx, s *snapshot.Snapshot) error {
	s.Shown = nil
	batch := &pgx.Batch{}
	queueShown(batch, s)
	err := tx.SendBatch(ctx, batch).Close()
	slices.SortFunc(s.Shown, snapshot.CompareHours)
	return err
}

// readCertification reads the last word of a person on an election into a snapshot.
func readCertification(ctx context.Context, tx pgx.Tx, s *snapshot.Snapshot, election string) error {
	s.Certified = nil
	var word snapshot.CertificationRow
	var result string
	err := tx.QueryRow(ctx, statement("certification"), pgx.NamedArgs{"election": election}).
		Scan(&word.Certified, &word.By, &word.At, &word.Note, &result)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return certify(s, word, result)
}

// queue adds the query of a file to a batch. take is called for each row.
func queue(batch *pgx.Batch, name string, take func(pgx.Rows) error, arguments ...any) {
	batch.Queue(statement(name), arguments...).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			if err := take(rows); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return rows.Err()
	})
}

// scanBook reads a row of books.sql.
func scanBook(row pgx.Rows) (snapshot.BookRow, error) {
	var b snapshot.BookRow
	var watermark *time.Time
	err := row.Scan(&b.Topic, &b.TopicID, &b.Partition, &b.Records, &b.Accepted, &b.Duplicate, &b.Rejected, &b.Pending, &b.Gaps,
		&b.Ahead, &b.FirstOffset, &b.NextOffset, &b.LastOffset, &watermark, &b.LastIngestedAt, &b.UpdatedAt)
	b.ReadOffset, b.Watermark = b.NextOffset, timeOf(watermark)
	return b, err
}

// scanLog reads a row of logs.sql.
func scanLog(row pgx.CollectableRow) (snapshot.LogRow, error) {
	var l snapshot.LogRow
	var read, unread, unsettled, from *time.Time
	err := row.Scan(&l.Topic, &l.TopicID, &l.Partition, &l.Partitions, &l.LastStable, &l.LogEnd, &l.Next,
		&l.LastRecord, &l.Deleted, &l.Open, &l.ObservedAt, &read, &unread, &unsettled, &from)
	l.ReadAt, l.UnreadSince, l.UnsettledSince, l.UnsettledFrom = timeOf(read), timeOf(unread), timeOf(unsettled), timeOf(from)
	return l, err
}

// timeOf is a time that may be NULL: zero then.
func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// liveVotes, liveGroup and liveBook are the objects of the arrays that
// analytics.live_changes returns.
type (
	liveVotes struct {
		Minute    time.Time `json:"window_start"`
		State     string    `json:"state"`
		Candidate string    `json:"candidate"`
		Votes     int64     `json:"votes"`
	}
	liveGroup struct {
		State      string `json:"state"`
		AgeGroup   string `json:"age_group"`
		Gender     string `json:"gender"`
		Registered int64  `json:"registered"`
		Voted      int64  `json:"voted"`
	}
	liveBook struct {
		Topic          string     `json:"kafka_topic"`
		TopicID        string     `json:"kafka_topic_id"`
		Partition      int32      `json:"kafka_partition"`
		Records        int64      `json:"records"`
		Accepted       int64      `json:"accepted"`
		Duplicate      int64      `json:"duplicate"`
		Rejected       int64      `json:"rejected"`
		Pending        int64      `json:"pending"`
		Ahead          int64      `json:"ahead"`
		FirstOffset    *int64     `json:"first_offset"`
		NextOffset     int64      `json:"next_offset"` // zero when null, as those below
		LastOffset     int64      `json:"last_offset"`
		LastIngestedAt *time.Time `json:"last_ingested_at"`
	}
)

// liveChanges reads what the records within bounds change. Only the bounds in time matter:
// the function itself finds the first unsettled offset of each partition.
func liveChanges(ctx context.Context, tx pgx.Tx, r bounds) (*snapshot.Changes, error) {
	var votes, electorate, books []byte
	err := tx.QueryRow(ctx, statement("live"), pgx.NamedArgs{
		"floor": r.floor, "until": r.until, "votes_from": 0, "voters_from": 0, "rejects_from": 0,
	}).Scan(&votes, &electorate, &books)
	if err != nil {
		return nil, err
	}
	return decodeChanges(votes, electorate, books)
}

// decodeChanges brings the arrays of analytics.live_changes, as JSON, into their order.
func decodeChanges(votes, electorate, books []byte) (*snapshot.Changes, error) {
	var v []liveVotes
	var g []liveGroup
	var b []liveBook
	for _, part := range []struct {
		name string
		text []byte
		into any
	}{{"votes", votes, &v}, {"electorate", electorate, &g}, {"books", books, &b}} {
		if part.text == nil { // NULL: nothing
			continue
		}
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return nil, fmt.Errorf("%s of analytics.live_changes: %w", part.name, err)
		}
	}
	c := &snapshot.Changes{}
	for _, row := range v {
		c.Votes = append(c.Votes, snapshot.MinuteRow{Minute: row.Minute.UTC(), State: row.State, Candidate: row.Candidate, Votes: row.Votes})
	}
	for _, row := range g {
		c.Electorate = append(c.Electorate, snapshot.DemographicRow{
			State: row.State, AgeGroup: row.AgeGroup, Gender: row.Gender, Registered: row.Registered, Voted: row.Voted,
		})
	}
	for i := range b {
		c.Books = append(c.Books, b[i].change())
	}
	slices.SortFunc(c.Votes, snapshot.CompareMinutes)
	slices.SortFunc(c.Electorate, snapshot.CompareGroups)
	slices.SortFunc(c.Books, func(a, b snapshot.BookChange) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.TopicID, b.TopicID), cmp.Compare(a.Partition, b.Partition))
	})
	return c, nil
}

// change is the row as a change of the books.
func (b *liveBook) change() snapshot.BookChange {
	first := int64(-1)
	if b.FirstOffset != nil {
		first = *b.FirstOffset
	}
	return snapshot.BookChange{
		TopicPartition: kafka.TopicPartition{Topic: b.Topic, TopicID: b.TopicID, Partition: b.Partition},
		Records:        b.Records,
		Accepted:       b.Accepted,
		Duplicate:      b.Duplicate,
		Rejected:       b.Rejected,
		Pending:        b.Pending,
		Ahead:          b.Ahead,
		FirstOffset:    first,
		ReadOffset:     b.NextOffset,
		LastOffset:     b.LastOffset,
		LastIngestedAt: timeOf(b.LastIngestedAt).UTC(),
	}
}
