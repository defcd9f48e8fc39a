package dashboard

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"time"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/civil"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iterator"
)

//go:embed snapshot.sql
var snapshotSQL string

// BigQuery is the Store over the analytics dataset of a BigQuery project.
//
// A snapshot is one query job. BigQuery bills at least 10 MB for each of the
// five tables, whatever their size; the result cache stays on, so that asking
// again for tables that haven't changed is free.
type BigQuery struct {
	client *bigquery.Client
}

// NewBigQuery returns a Store that queries through client, whose project holds
// the analytics dataset. The client stays the caller's to close.
func NewBigQuery(client *bigquery.Client) *BigQuery {
	return &BigQuery{client: client}
}

// Snapshot implements Store.
func (b *BigQuery) Snapshot(ctx context.Context) (*Snapshot, error) {
	q := b.client.Query(snapshotSQL)
	q.Labels = map[string]string{"function": "dashboard"}
	rows, err := q.Read(ctx)
	if err != nil {
		return nil, fmt.Errorf("query the analytics tables: %w", noTables(err))
	}
	var row snapshotRow
	switch err := rows.Next(&row); {
	case errors.Is(err, iterator.Done):
		return nil, errors.New("query the analytics tables: the answer has no row, want one")
	case err != nil:
		return nil, fmt.Errorf("read the analytics tables: %w", noTables(err))
	}
	return row.snapshot(), nil
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

// snapshotRow is the one row that snapshot.sql returns.
type snapshotRow struct {
	Candidates []struct {
		ElectionDate civil.Date `bigquery:"election_date"`
		Candidate    string     `bigquery:"candidate"`
		Name         string     `bigquery:"name"`
		Party        string     `bigquery:"party"`
		Image        string     `bigquery:"candidate_image"`
		Votes        int64      `bigquery:"votes"`
		UpdatedAt    time.Time  `bigquery:"updated_at"`
	} `bigquery:"candidates"`
	Regions []struct {
		State       string    `bigquery:"state"`
		Registered  int64     `bigquery:"registered"`
		Voted       int64     `bigquery:"voted"`
		Leader      string    `bigquery:"leader"`
		LeaderVotes int64     `bigquery:"leader_votes"`
		Margin      int64     `bigquery:"margin"`
		UpdatedAt   time.Time `bigquery:"updated_at"`
	} `bigquery:"regions"`
	Hours []struct {
		Hour      time.Time `bigquery:"hour"`
		Candidate string    `bigquery:"candidate"`
		Votes     int64     `bigquery:"votes"`
		Revision  int64     `bigquery:"revision"`
		UpdatedAt time.Time `bigquery:"updated_at"`
	} `bigquery:"hours"`
	Demographics []struct {
		State      string    `bigquery:"state"`
		AgeGroup   string    `bigquery:"age_group"`
		Gender     string    `bigquery:"gender"`
		Registered int64     `bigquery:"registered"`
		Voted      int64     `bigquery:"voted"`
		UpdatedAt  time.Time `bigquery:"updated_at"`
	} `bigquery:"demographics"`
	Books []struct {
		Topic          string                 `bigquery:"kafka_topic"`
		TopicID        string                 `bigquery:"kafka_topic_id"`
		Partition      int64                  `bigquery:"kafka_partition"`
		Records        int64                  `bigquery:"records"`
		Accepted       int64                  `bigquery:"accepted"`
		Duplicate      int64                  `bigquery:"duplicate"`
		Rejected       int64                  `bigquery:"rejected"`
		Pending        int64                  `bigquery:"pending"`
		Gaps           int64                  `bigquery:"gaps"`
		FirstOffset    int64                  `bigquery:"first_offset"`
		NextOffset     int64                  `bigquery:"next_offset"`
		LastOffset     int64                  `bigquery:"last_offset"`
		Watermark      bigquery.NullTimestamp `bigquery:"watermark"`
		LastIngestedAt time.Time              `bigquery:"last_ingested_at"`
		UpdatedAt      time.Time              `bigquery:"updated_at"`
	} `bigquery:"books"`
}

// snapshot turns the row into the types that any Store returns.
func (r *snapshotRow) snapshot() *Snapshot {
	s := &Snapshot{}
	for _, c := range r.Candidates {
		s.Candidates = append(s.Candidates, CandidateRow{
			ElectionDate: c.ElectionDate.String(),
			ID:           c.Candidate,
			Name:         c.Name,
			Party:        c.Party,
			Image:        c.Image,
			Votes:        c.Votes,
			UpdatedAt:    c.UpdatedAt,
		})
	}
	for _, g := range r.Regions {
		s.Regions = append(s.Regions, RegionRow(g))
	}
	for _, h := range r.Hours {
		s.Hours = append(s.Hours, HourRow(h))
	}
	for _, d := range r.Demographics {
		s.Demographics = append(s.Demographics, DemographicRow(d))
	}
	for _, b := range r.Books {
		s.Books = append(s.Books, BookRow{
			Topic:          b.Topic,
			TopicID:        b.TopicID,
			Partition:      b.Partition,
			Records:        b.Records,
			Accepted:       b.Accepted,
			Duplicate:      b.Duplicate,
			Rejected:       b.Rejected,
			Pending:        b.Pending,
			Gaps:           b.Gaps,
			FirstOffset:    b.FirstOffset,
			NextOffset:     b.NextOffset,
			LastOffset:     b.LastOffset,
			Watermark:      b.Watermark.Timestamp, // zero when NULL
			LastIngestedAt: b.LastIngestedAt,
			UpdatedAt:      b.UpdatedAt,
		})
	}
	return s
}
