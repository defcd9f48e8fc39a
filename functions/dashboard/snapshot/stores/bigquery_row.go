package stores

import (
	"fmt"
	"time"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/kafka"
)

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
		State      string    `bigquery:"state"`
		Registered int64     `bigquery:"registered"`
		Voted      int64     `bigquery:"voted"`
		UpdatedAt  time.Time `bigquery:"updated_at"`
	} `bigquery:"regions"`
	Hours []struct {
		State     string    `bigquery:"state"`
		Candidate string    `bigquery:"candidate"`
		Hours     string    `bigquery:"hours"` // start, votes, revision
		UpdatedAt time.Time `bigquery:"updated_at"`
	} `bigquery:"hours"`
	Shown []struct {
		State     string `bigquery:"state"`
		Candidate string `bigquery:"candidate"`
		Hours     string `bigquery:"hours"` // start, votes
	} `bigquery:"shown"`
	Minutes []struct {
		State     string `bigquery:"state"`
		Candidate string `bigquery:"candidate"`
		Minutes   string `bigquery:"minutes"` // start, votes, revision
	} `bigquery:"minutes"`
	Demographics []struct {
		State     string    `bigquery:"state"`
		Gender    string    `bigquery:"gender"`
		Figures   string    `bigquery:"figures"` // age group|registered voted|…
		UpdatedAt time.Time `bigquery:"updated_at"`
	} `bigquery:"demographics"`
	Amendments []struct {
		Minute    time.Time `bigquery:"window_start"`
		Candidate string    `bigquery:"candidate"`
		Before    int64     `bigquery:"votes_before"`
		After     int64     `bigquery:"votes_after"`
		Revision  int64     `bigquery:"revision"`
		AmendedAt time.Time `bigquery:"updated_at"`
	} `bigquery:"amendments"`
	Books []struct {
		kafka.TopicPartition
		Records        int64                  `bigquery:"records"`
		Accepted       int64                  `bigquery:"accepted"`
		Duplicate      int64                  `bigquery:"duplicate"`
		Rejected       int64                  `bigquery:"rejected"`
		Pending        int64                  `bigquery:"pending"`
		Gaps           int64                  `bigquery:"gaps"`
		Ahead          int64                  `bigquery:"ahead"`
		FirstOffset    int64                  `bigquery:"first_offset"`
		NextOffset     int64                  `bigquery:"next_offset"`
		LastOffset     int64                  `bigquery:"last_offset"`
		Watermark      bigquery.NullTimestamp `bigquery:"watermark"`
		LastIngestedAt time.Time              `bigquery:"last_ingested_at"`
		UpdatedAt      time.Time              `bigquery:"updated_at"`
	} `bigquery:"books"`
	Rejections []struct {
		Topic   string `bigquery:"kafka_topic"`
		Reason  string `bigquery:"reason"`
		Records int64  `bigquery:"records"`
	} `bigquery:"rejections"`
	factsRow
	Arrivals  arrivalsRow `bigquery:"arrivals"`
	LiveVotes []struct {
		State     string `bigquery:"state"`
		Candidate string `bigquery:"candidate"`
		Minutes   string `bigquery:"minutes"` // start, votes
	} `bigquery:"live_votes"`
	LiveElectorate []struct {
		State      string `bigquery:"state"`
		AgeGroup   string `bigquery:"age_group"`
		Gender     string `bigquery:"gender"`
		Registered int64  `bigquery:"registered"`
		Voted      int64  `bigquery:"voted"`
	} `bigquery:"live_electorate"`
	LiveBooks []struct {
		kafka.TopicPartition
		Records        int64                  `bigquery:"records"`
		Accepted       int64                  `bigquery:"accepted"`
		Duplicate      int64                  `bigquery:"duplicate"`
		Rejected       int64                  `bigquery:"rejected"`
		Pending        int64                  `bigquery:"pending"`
		Ahead          int64                  `bigquery:"ahead"`
		FirstOffset    bigquery.NullInt64     `bigquery:"first_offset"`
		NextOffset     bigquery.NullInt64     `bigquery:"next_offset"`
		LastOffset     bigquery.NullInt64     `bigquery:"last_offset"`
		LastIngestedAt bigquery.NullTimestamp `bigquery:"last_ingested_at"`
	} `bigquery:"live_books"`
	Registrations int64                  `bigquery:"live_registrations"` // above the settled offsets
	WaitingFrom   bigquery.NullTimestamp `bigquery:"live_waiting_from"`  // least ingest time of those that wait for a missing record
}

// snapshot turns the row into the types that any Store returns.
func (r *snapshotRow) snapshot() (*snapshot.Snapshot, error) {
	s := &snapshot.Snapshot{}
	for _, c := range r.Candidates {
		s.Candidates = append(s.Candidates, snapshot.CandidateRow{
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
		s.Regions = append(s.Regions, snapshot.RegionRow(g))
	}
	for _, a := range r.Amendments {
		s.Amendments = append(s.Amendments, snapshot.AmendmentRow(a))
	}
	for _, b := range r.Books {
		s.Books = append(s.Books, snapshot.BookRow{
			TopicPartition: b.TopicPartition,
			Records:        b.Records,
			Accepted:       b.Accepted,
			Duplicate:      b.Duplicate,
			Rejected:       b.Rejected,
			Pending:        b.Pending,
			Gaps:           b.Gaps,
			Ahead:          b.Ahead,
			FirstOffset:    b.FirstOffset,
			NextOffset:     b.NextOffset,
			ReadOffset:     b.NextOffset,
			LastOffset:     b.LastOffset,
			Watermark:      b.Watermark.Timestamp, // zero when NULL
			LastIngestedAt: b.LastIngestedAt,
			UpdatedAt:      b.UpdatedAt,
		})
	}
	for _, row := range r.Rejections {
		s.Rejections = append(s.Rejections, snapshot.RejectionRow(row))
	}
	if err := r.facts(s); err != nil {
		return nil, err
	}
	return s, r.unpack(s)
}

// unpack adds what is packed.
func (r *snapshotRow) unpack(s *snapshot.Snapshot) error {
	for _, h := range r.Hours {
		if err := unpackHours(s, h.State, h.Candidate, h.Hours, h.UpdatedAt); err != nil {
			return err
		}
	}
	for _, h := range r.Shown {
		if err := unpackShown(s, h.State, h.Candidate, h.Hours); err != nil {
			return err
		}
	}
	for _, m := range r.Minutes {
		if err := unpackMinutes(s, m.State, m.Candidate, m.Minutes); err != nil {
			return err
		}
	}
	for _, d := range r.Demographics {
		if err := unpackGroups(s, d.State, d.Gender, d.Figures, d.UpdatedAt); err != nil {
			return err
		}
	}
	sortRows(s)
	return nil
}

// changes are what is to be added to the snapshot.
func (r *snapshotRow) changes() (*snapshot.Changes, error) {
	c := &snapshot.Changes{}
	for _, v := range r.LiveVotes {
		err := unpack(v.Minutes, 2, func(n []int64) {
			c.Votes = append(c.Votes, snapshot.MinuteRow{Minute: time.Unix(n[0], 0).UTC(), State: v.State, Candidate: v.Candidate, Votes: n[1]})
		})
		if err != nil {
			return nil, fmt.Errorf("live minutes of %s in %s: %w", v.Candidate, v.State, err)
		}
	}
	for _, g := range r.LiveElectorate {
		c.Electorate = append(c.Electorate, snapshot.DemographicRow{
			State: g.State, AgeGroup: g.AgeGroup, Gender: g.Gender, Registered: g.Registered, Voted: g.Voted,
		})
	}
	for _, b := range r.LiveBooks {
		first := int64(-1)
		if b.FirstOffset.Valid {
			first = b.FirstOffset.Int64
		}
		c.Books = append(c.Books, snapshot.BookChange{
			TopicPartition: b.TopicPartition,
			Records:        b.Records,
			Accepted:       b.Accepted,
			Duplicate:      b.Duplicate,
			Rejected:       b.Rejected,
			Pending:        b.Pending,
			Ahead:          b.Ahead,
			FirstOffset:    first,
			ReadOffset:     b.NextOffset.Int64, // zero when NULL, as those below
			LastOffset:     b.LastOffset.Int64,
			LastIngestedAt: b.LastIngestedAt.Timestamp,
		})
	}
	return c, nil
}
