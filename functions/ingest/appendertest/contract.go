package appendertest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Store is an Appender whose rows can be read back.
type Store interface {
	ingest.Appender
	// Rows returns all rows stored, in any order.
	Rows(ctx context.Context) (warehouse.Rows, error)
}

var (
	ingestedAt = time.Date(2026, 11, 3, 9, 30, 1, 987654000, time.UTC)
	eventTime  = time.Date(2026, 11, 3, 9, 30, 0, 123456000, time.UTC)
)

// Contract tests an Appender. open returns an empty store; every test asks for
// one of its own.
func Contract(t *testing.T, open func(t *testing.T) Store) {
	t.Run("every column", func(t *testing.T) { everyColumn(t, open(t)) })
	t.Run("nothing", func(t *testing.T) { nothing(t, open(t)) })
	t.Run("concurrent", func(t *testing.T) { concurrent(t, open(t)) })
	t.Run("twice", func(t *testing.T) { twice(t, open(t)) })
	t.Run("large", func(t *testing.T) { large(t, open(t)) })
	t.Run("cancelled", func(t *testing.T) { cancelled(t, open(t)) })
}

func origin(topic string, offset int64) warehouse.Origin {
	return warehouse.Origin{
		Position: kafka.Position{
			TopicPartition: kafka.TopicPartition{Topic: topic, TopicID: "5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a", Partition: 3}, Offset: offset,
		},
		Timestamp: eventTime.Truncate(time.Millisecond), Follows: offset - 1,
	}
}

// Rows with every column set, and with every column empty that may be.
func everyColumn(t *testing.T, s Store) {
	first := origin("votes", 0)
	first.TopicID = "" // an old broker has none, but the column is REQUIRED
	want := warehouse.Rows{
		IngestedAt: ingestedAt,
		Votes: []warehouse.VoteRow{
			{Origin: first, VoterKey: "k1", Candidate: "rivera", VotedAt: eventTime},
			{Origin: origin("votes", 1), VoteID: "v", VoterKey: "k2", Candidate: "O'Hara \"Jo\" \\ \x00 \u2028 🗳", CandidateImage: "https://example.org/a.jpg",
				VotedAt: time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), PollingStation: "Station-7", CandidateText: "OHARA"},
		},
		Voters: []warehouse.VoterRow{
			{Origin: origin("voters", 2), VoterKey: "k1", Age: -1, State: "TX", AgeGroup: "unknown", Gender: "unknown"},
			{Origin: origin("voters", 3), VoterKey: "k2", Name: "Jo", Age: 0, State: "NM", AgeGroup: "under 18", Gender: "female",
				County: "Taos", Precinct: "12", RegistrationDate: 19_000, HasRegistration: true, StateText: "N.M."},
			{Origin: origin("voters", 4), VoterKey: "k3", Age: 99, State: "NM", AgeGroup: "65+", Gender: "other", RegistrationDate: -1, HasRegistration: true},
		},
		Rejects: []warehouse.RejectRow{
			{Origin: origin("votes", 5), Reason: "tombstone", Bytes: -1},
			{Origin: origin("votes", 6), Reason: "empty_record", Detail: "the record's value is empty", Key: []byte("k"), Value: []byte{}, Bytes: 0},
			{Origin: origin("votes", 7), Reason: "malformed_json", Detail: "…", Value: []byte("\x00\xff\xfe"), Bytes: 3},
		},
	}
	want.LogEnds = []warehouse.LogEndRow{
		{ObservedAt: eventTime, Partition: logends.Partition{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a", Partition: 3}, Partitions: 6,
			LogStart: 1, LastStable: 7, LogEnd: 1 << 40, Next: 6, LastRecord: 5, Deleted: 3, Open: "one, since noon"}},
		{ObservedAt: eventTime, Partition: logends.Partition{TopicPartition: kafka.TopicPartition{Topic: "voters", Partition: 0}, Partitions: 1, LastRecord: -1}},
	}
	want.Rejects[0].Timestamp = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	want.Rejects[1].Timestamp = time.Date(9999, 12, 31, 23, 59, 59, 999000000, time.UTC)
	appendRows(t, s, want)
	compare(t, s, want)
}

func nothing(t *testing.T, s Store) {
	appendRows(t, s, warehouse.Rows{IngestedAt: ingestedAt})
	compare(t, s, warehouse.Rows{})
}

// Appends at the same time lose nothing.
func concurrent(t *testing.T, s Store) {
	const writers, each = 8, 25
	want := warehouse.Rows{IngestedAt: ingestedAt}
	var wg sync.WaitGroup
	for w := range writers {
		rows := warehouse.Rows{IngestedAt: ingestedAt}
		for i := range each {
			n := int64(w*each + i)
			rows.Votes = append(rows.Votes, vote(n))
			rows.Rejects = append(rows.Rejects, warehouse.RejectRow{Origin: origin("votes", 10_000+n), Reason: "tombstone", Bytes: -1})
		}
		want.Votes = append(want.Votes, rows.Votes...)
		want.Rejects = append(want.Rejects, rows.Rejects...)
		wg.Go(func() {
			if err := s.Append(t.Context(), &rows); err != nil {
				t.Errorf("append: %v", err)
			}
		})
	}
	wg.Wait()
	compare(t, s, want)
}

// A row may be stored as often as it is appended, never less than once.
func twice(t *testing.T, s Store) {
	rows := warehouse.Rows{IngestedAt: ingestedAt, Votes: []warehouse.VoteRow{vote(1)}}
	appendRows(t, s, rows)
	appendRows(t, s, rows)
	got, err := s.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Votes); n < 1 || n > 2 {
		t.Errorf("%d rows of one vote appended twice", n)
	}
}

// More bytes than one request of a warehouse takes.
func large(t *testing.T, s Store) {
	want := warehouse.Rows{IngestedAt: ingestedAt}
	for i := range int64(24) {
		want.Rejects = append(want.Rejects, warehouse.RejectRow{
			Origin: origin("votes", i), Reason: "malformed_json",
			Value: []byte(strings.Repeat(fmt.Sprint(i%10), 1<<20)), Bytes: 1 << 20,
		})
	}
	appendRows(t, s, want)
	compare(t, s, want)
}

// An append whose caller has gone must say so.
func cancelled(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Append(ctx, &warehouse.Rows{IngestedAt: ingestedAt, Votes: []warehouse.VoteRow{vote(1)}}); err == nil {
		t.Error("an append with a cancelled context succeeded")
	}
}

func vote(offset int64) warehouse.VoteRow {
	return warehouse.VoteRow{Origin: origin("votes", offset), VoterKey: fmt.Sprint("voter-", offset), Candidate: "osei", VotedAt: eventTime}
}

func appendRows(t *testing.T, s Store, rows warehouse.Rows) {
	t.Helper()
	if err := s.Append(t.Context(), &rows); err != nil {
		t.Fatalf("append: %v", err)
	}
}

func compare(t *testing.T, s Store, want warehouse.Rows) {
	t.Helper()
	got, err := s.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole(want), whole(got),
		cmp.Comparer(func(a, b []byte) bool { return bytes.Equal(a, b) && (a == nil) == (b == nil) }),
		cmpopts.SortSlices(func(a, b warehouse.VoteRow) bool { return a.Offset < b.Offset }),
		cmpopts.SortSlices(func(a, b warehouse.VoterRow) bool { return a.Offset < b.Offset }),
		cmpopts.SortSlices(func(a, b warehouse.RejectRow) bool { return a.Offset < b.Offset }),
		cmpopts.SortSlices(func(a, b warehouse.LogEndRow) bool { return a.LogEnd < b.LogEnd }),
	); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// whole is rows in one form: no rows are nil, and when they were appended is
// left out, which a store may keep for each.
func whole(rows warehouse.Rows) warehouse.Rows {
	return warehouse.Rows{
		Votes:   append([]warehouse.VoteRow(nil), rows.Votes...),
		Voters:  append([]warehouse.VoterRow(nil), rows.Voters...),
		Rejects: append([]warehouse.RejectRow(nil), rows.Rejects...),
		LogEnds: append([]warehouse.LogEndRow(nil), rows.LogEnds...),
	}
}
