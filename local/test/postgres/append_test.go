package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/functions/ingest/appendertest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// store is PostgreSQL as an Appender whose rows can be read back.
type store struct {
	*postgres.Appender
	pool *pgxpool.Pool
}

func newStore(t *testing.T, url string) store {
	t.Helper()
	pool := postgrestest.Pool(t, url)
	a := postgres.NewAppender(postgrestest.Pool(t, url))
	t.Cleanup(func() { _ = a.Close() })
	return store{a, pool}
}

func TestAppenderContract(t *testing.T) {
	server := postgrestest.Shared(t)
	appendertest.Contract(t, func(t *testing.T) appendertest.Store { return newStore(t, server.Database(t)) })
}

// Rows returns all rows of raw.
func (s store) Rows(ctx context.Context) (rows warehouse.Rows, err error) {
	const origin = "kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp, kafka_follows, "
	collect := func(sql string, row func(pgx.CollectableRow) error) {
		found, queryErr := s.pool.Query(ctx, sql)
		if queryErr != nil {
			err = errors.Join(err, queryErr)
			return
		}
		defer found.Close()
		for found.Next() {
			err = errors.Join(err, row(found))
		}
		err = errors.Join(err, found.Err())
	}
	collect("SELECT "+origin+`COALESCE(vote_id, ''), voter_key, candidate, COALESCE(candidate_image, ''), voted_at,
		COALESCE(polling_station, ''), COALESCE(candidate_text, '') FROM raw.votes`, func(r pgx.CollectableRow) error {
		var v warehouse.VoteRow
		err := r.Scan(append(originOf(&v.Origin), &v.VoteID, &v.VoterKey, &v.Candidate, &v.CandidateImage, &v.VotedAt, &v.PollingStation, &v.CandidateText)...)
		v.Candidate = strings.ReplaceAll(v.Candidate, "\u2400", "\x00") // what stands for NUL
		v.Timestamp, v.VotedAt = v.Timestamp.UTC(), v.VotedAt.UTC()
		rows.Votes = append(rows.Votes, v)
		return err
	})
	collect("SELECT "+origin+`voter_key, COALESCE(name, ''), COALESCE(age, -1), state, age_group, gender, COALESCE(county, ''),
		COALESCE(precinct, ''), registration_date - DATE '1970-01-01', COALESCE(state_text, '') FROM raw.voters`, func(r pgx.CollectableRow) error {
		var v warehouse.VoterRow
		var days *int32
		err := r.Scan(append(originOf(&v.Origin), &v.VoterKey, &v.Name, &v.Age, &v.State, &v.AgeGroup, &v.Gender, &v.County, &v.Precinct, &days, &v.StateText)...)
		if days != nil {
			v.RegistrationDate, v.HasRegistration = *days, true
		}
		v.Timestamp = v.Timestamp.UTC()
		rows.Voters = append(rows.Voters, v)
		return err
	})
	collect("SELECT "+origin+"reason, COALESCE(detail, ''), record_key, record_value, record_bytes FROM raw.rejects", func(r pgx.CollectableRow) error {
		var v warehouse.RejectRow
		err := r.Scan(append(originOf(&v.Origin), &v.Reason, &v.Detail, &v.Key, &v.Value, &v.Bytes)...)
		v.Timestamp = v.Timestamp.UTC()
		rows.Rejects = append(rows.Rejects, v)
		return err
	})
	collect(`SELECT kafka_topic, kafka_topic_id, kafka_partition, partitions, log_start, last_stable, log_end, next_offset,
		last_record, deleted, COALESCE(open_transactions, ''), observed_at FROM raw.log_ends`, func(r pgx.CollectableRow) error {
		var v warehouse.LogEndRow
		p := &v.Partition
		err := r.Scan(&p.Topic, &p.TopicID, &p.TopicPartition.Partition, &p.Partitions, &p.LogStart, &p.LastStable, &p.LogEnd, &p.Next,
			&p.LastRecord, &p.Deleted, &p.Open, &v.ObservedAt)
		v.ObservedAt = v.ObservedAt.UTC()
		rows.LogEnds = append(rows.LogEnds, v)
		return err
	})
	return rows, err
}

func originOf(o *warehouse.Origin) []any {
	return []any{&o.Topic, &o.TopicID, &o.Partition, &o.Offset, &o.Timestamp, &o.Follows}
}

// oneVote is a row of raw.votes.
func oneVote(record string) *warehouse.Rows {
	at := time.Date(2026, 11, 3, 9, 30, 0, 0, time.UTC)
	return &warehouse.Rows{IngestedAt: at, Votes: []warehouse.VoteRow{{
		Origin:   warehouse.Origin{Position: kafka.Position{TopicPartition: kafka.TopicPartition{Topic: "votes"}}, Timestamp: at, Follows: -1},
		VoterKey: "k", Candidate: "osei", VotedAt: at, Record: []byte(record),
	}}}
}

// A column that is added while an appender runs is filled from the records' field.
func TestAddedColumnIsFilled(t *testing.T) {
	s := newStore(t, postgrestest.Shared(t).Database(t))
	if err := s.Append(t.Context(), oneVote(`{"device":"phone"}`)); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"ALTER TABLE raw.votes ADD COLUMN device text, ADD COLUMN tries bigint, ADD COLUMN assisted boolean, ADD COLUMN weight double precision",
		"ALTER TABLE raw.votes ADD COLUMN code varchar(2)", // a longer text would be refused
	} {
		if _, err := s.pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(patience); ; {
		if err := s.Append(t.Context(), oneVote(`{"device":"tablet","tries":2,"assisted":true,"weight":0.5,"code":"long"}`)); err != nil {
			t.Fatal(err)
		}
		var found int
		if err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM raw.votes
			WHERE device = 'tablet' AND tries = 2 AND assisted AND weight = 0.5 AND code IS NULL`).Scan(&found); err != nil {
			t.Fatal(err)
		}
		if found > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the added columns stay empty")
		}
	}
	if _, err := s.pool.Exec(t.Context(), "ALTER TABLE raw.votes DROP COLUMN device"); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), oneVote(`{"device":"tablet"}`)); err != nil {
		t.Errorf("after a column was dropped: %v", err)
	}
}

// An append says in a sentence what is wrong, and the kind of error.
func TestAppendErrors(t *testing.T) {
	t.Parallel()
	server := postgrestest.Shared(t)
	missing := newStore(t, server.Empty(t))
	if err := missing.Append(t.Context(), oneVote("{}")); !errors.Is(err, warehouse.ErrTableMissing) {
		t.Errorf("without tables: %v", err)
	}
	s := newStore(t, server.Database(t))
	if _, err := s.pool.Exec(t.Context(), "ALTER TABLE raw.votes RENAME COLUMN voted_at TO cast_at"); err != nil {
		t.Fatal(err)
	}
	const remedy = "go run ./local migrate"
	if err := s.Append(t.Context(), oneVote("{}")); !errors.Is(err, warehouse.ErrColumnMissing) || !strings.Contains(err.Error(), remedy) {
		t.Errorf("without a column: %v", err)
	}
	refused := newStore(t, server.Database(t))
	rows := oneVote("{}")
	rows.Votes[0].Candidate = "\xff"
	var r *warehouse.RefusedError
	if err := refused.Append(t.Context(), rows); !errors.As(err, &r) {
		t.Errorf("bytes that are no text: %v", err)
	}
}

// What an append has acknowledged is there after a crash of the server. An append that
// the crash meets is tried again, and again by who delivers it.
func TestAppendThroughACrash(t *testing.T) {
	server := postgrestest.Start(t, nil)
	s := newStore(t, server.Database(t))
	if err := s.Append(t.Context(), oneVote("{}")); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for s.Append(t.Context(), oneVote("{}")) != nil && t.Context().Err() == nil {
		}
	}()
	if err := server.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-done
	s.pool.Reset()
	rows, err := s.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(rows.Votes) < 2 {
		t.Errorf("%d rows, want both", len(rows.Votes))
	}
}
