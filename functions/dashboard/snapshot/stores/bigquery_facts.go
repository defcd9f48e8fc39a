package stores

import (
	"time"

	"cloud.google.com/go/bigquery"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/kafka"
)

// factsRow is the part of a row that logs.sql and certification.sql return.
type factsRow struct {
	Logs []struct {
		kafka.TopicPartition
		Partitions     int64                  `bigquery:"partitions"`
		LastStable     int64                  `bigquery:"last_stable"`
		LogEnd         int64                  `bigquery:"log_end"`
		Next           int64                  `bigquery:"next_offset"`
		LastRecord     int64                  `bigquery:"last_record"`
		Deleted        int64                  `bigquery:"deleted"`
		Open           string                 `bigquery:"open_transactions"`
		ObservedAt     time.Time              `bigquery:"observed_at"`
		ReadAt         time.Time              `bigquery:"read_at"`
		UnreadSince    bigquery.NullTimestamp `bigquery:"unread_since"`
		UnsettledSince bigquery.NullTimestamp `bigquery:"unsettled_since"`
		UnsettledFrom  bigquery.NullTimestamp `bigquery:"unsettled_from"`
	} `bigquery:"logs"`
	Certifications []struct {
		Certified bool      `bigquery:"certified"`
		By        string    `bigquery:"certified_by"`
		At        time.Time `bigquery:"certified_at"`
		Note      string    `bigquery:"remark"`
		Result    string    `bigquery:"result"`
	} `bigquery:"certifications"`
}

// facts puts the logs and the certification into a snapshot.
func (r *factsRow) facts(s *snapshot.Snapshot) error {
	s.Logs, s.Certified = nil, nil
	for _, l := range r.Logs {
		s.Logs = append(s.Logs, snapshot.LogRow{
			TopicPartition: l.TopicPartition,
			Log: countstate.Log{
				Partitions: l.Partitions, LastStable: l.LastStable, LogEnd: l.LogEnd,
				Next: l.Next, LastRecord: l.LastRecord, Deleted: l.Deleted, Open: l.Open, ObservedAt: l.ObservedAt, ReadAt: l.ReadAt,
				UnreadSince: l.UnreadSince.Timestamp, UnsettledSince: l.UnsettledSince.Timestamp, UnsettledFrom: l.UnsettledFrom.Timestamp, // zero when NULL
			},
		})
	}
	for _, c := range r.Certifications {
		word := snapshot.CertificationRow{Certified: c.Certified, By: c.By, At: c.At, Note: c.Note}
		if err := certify(s, word, c.Result); err != nil {
			return err
		}
	}
	return nil
}
