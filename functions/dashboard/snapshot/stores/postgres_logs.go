package stores

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/kafka"
)

const (
	// All reports of a day are read at least so often. Other reads begin with the oldest
	// report that may still matter: the last one, or the first with something unread or
	// unsettled.
	allReportsEvery = 10 * time.Minute
	// If something has been so for longReports, there are many reports since. They
	// are read no more often than longReportsEvery.
	longReports      = 10 * time.Minute
	longReportsEvery = 5 * time.Second
	// reportsOverlap is how long before a report another may be taken in and appear later.
	reportsOverlap = time.Minute
)

// readReports reads what is known of the logs into a snapshot with the books.
func (r *postgresReading) readReports(ctx context.Context, tx pgx.Tx, s *snapshot.Snapshot) error {
	from := r.reportsFrom(s.Books)
	if from != nil && newestReport(r.logs()).Sub(*from) > longReports && r.began.Sub(r.reportsAt) < longReportsEvery {
		s.Logs = r.logs()
		return nil
	}
	rows, err := tx.Query(ctx, statement("logs"), reportsArguments(from, r.logs()))
	if err != nil {
		return err
	}
	if s.Logs, err = pgx.CollectRows(rows, scanLog); err != nil {
		return err
	}
	r.reportsAt = r.began
	if from == nil {
		r.allReportsAt = r.began
	} else {
		s.Logs = joinLogs(r.logs(), s.Logs)
	}
	if len(s.Logs) == 0 {
		s.Logs = nil
	}
	return nil
}

// reportsFrom is the ingest time from which reports are read: earlier ones can't change what
// is known of the logs, with these books. It is nil where all of the day are read.
func (r *postgresReading) reportsFrom(books []snapshot.BookRow) *time.Time {
	logs := r.logs()
	if len(logs) == 0 || r.began.Sub(r.allReportsAt) >= allReportsEvery || unsettledAgain(r.last.Books, books) {
		return nil
	}
	newest := newestReport(logs)
	from := newest
	for i := range logs {
		for _, since := range []time.Time{logs[i].UnreadSince, logs[i].UnsettledSince} {
			if !since.IsZero() && since.Before(from) {
				from = since
			}
		}
	}
	from = from.Add(-reportsOverlap)
	return &from
}

// unsettledAgain reports whether less of a partition is settled than before. Then the tables
// were dropped and created again.
func unsettledAgain(before, now []snapshot.BookRow) bool {
	next := map[kafka.TopicPartition]int64{}
	for i := range now {
		next[now[i].TopicPartition] = now[i].NextOffset
	}
	return slices.ContainsFunc(before, func(row snapshot.BookRow) bool { return next[row.TopicPartition] < row.NextOffset })
}

// reportsArguments are those of logs.sql: from where on it reads, and what is known.
func reportsArguments(from *time.Time, known []snapshot.LogRow) pgx.NamedArgs {
	n := len(known)
	topics, ids, partitions, furthest := make([]string, n), make([]string, n), make([]int64, n), make([]int64, n)
	if from != nil {
		for i := range known {
			row := &known[i]
			topics[i], ids[i], partitions[i], furthest[i] = row.Topic, row.TopicID, int64(row.Partition), row.Next
		}
	}
	return pgx.NamedArgs{"reports_from": from, "topics": topics, "topic_ids": ids, "partitions": partitions, "furthest": furthest}
}

// joinLogs adds what the last reports say to what is known. A partition that had no report
// for a day is left out.
func joinLogs(known, last []snapshot.LogRow) []snapshot.LogRow {
	joined := slices.Clone(last)
	at := map[kafka.TopicPartition]int{}
	for i := range joined {
		at[joined[i].TopicPartition] = i
	}
	for _, before := range known {
		i, reported := at[before.TopicPartition]
		if !reported {
			joined = append(joined, before)
			continue
		}
		row := &joined[i]
		if before.ObservedAt.After(row.ObservedAt) {
			row.Partitions, row.LastStable, row.LogEnd, row.Open, row.ObservedAt =
				before.Partitions, before.LastStable, before.LogEnd, before.Open, before.ObservedAt
		}
		if before.Next == row.Next && (row.ReadAt.IsZero() || before.ReadAt.Before(row.ReadAt)) {
			row.ReadAt = before.ReadAt
		}
		row.LastRecord, row.Deleted = max(row.LastRecord, before.LastRecord), max(row.Deleted, before.Deleted)
	}
	oldest := newestReport(joined).Add(-reportsBack).Truncate(time.Hour)
	joined = slices.DeleteFunc(joined, func(row snapshot.LogRow) bool { return row.ObservedAt.Before(oldest) })
	slices.SortFunc(joined, func(a, b snapshot.LogRow) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.TopicID, b.TopicID), cmp.Compare(a.Partition, b.Partition))
	})
	return joined
}

// newestReport is when the last report of any partition was made; the beginning of 1970
// where there is none.
func newestReport(logs []snapshot.LogRow) time.Time {
	newest := never
	for i := range logs {
		newest = later(newest, logs[i].ObservedAt)
	}
	return newest
}
