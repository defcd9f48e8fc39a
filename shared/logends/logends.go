// Package logends is the format of the bridge's reports: how far the logs of some
// partitions reach on Kafka, and how far the bridge has carried them. The bridge sends a
// report every few seconds through Pub/Sub, on the topic of the records. Ingest stores it
// in raw.log_ends. Package countstate compares it with what is settled, to find out
// whether everything is counted.
//
// A report is JSON, so that people can read it. It has nothing of any record.
package logends

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// Values of a message's attributes. The attributes have the names that they have in a
// message with a record batch. A reader tells the two kinds by the content type.
const (
	ContentType = "application/vnd.tallystream.logends+json"
	Version     = "1"
)

// Limits of a report.
const (
	// MaxPartitions is how many partitions a report may name. A drain that reads more
	// partitions sends several reports.
	MaxPartitions = 1000
	// MaxOpen is the longest description of open transactions in bytes.
	MaxOpen = 1000
)

// ErrCorrupt marks a report that contradicts itself or can't be read.
var ErrCorrupt = errors.New("corrupt report of log ends")

// Report is what one drain knew of its partitions at one moment.
type Report struct {
	// ObservedAt is a time before the drain asked Kafka. Records that reached Kafka
	// later may be missing in the report.
	ObservedAt time.Time   `json:"observed_at"`
	Partitions []Partition `json:"partitions"`
}

// Partition is one partition at that moment. Its log has the offsets from LogStart to
// LogEnd, LogEnd excluded.
type Partition struct {
	kafka.TopicPartition
	Partitions int32 `json:"partitions"` // how many the topic has

	LogStart   int64 `json:"log_start"`
	LastStable int64 `json:"last_stable"` // the first record of an open transaction; LogEnd if none is open
	LogEnd     int64 `json:"log_end"`

	// Next is the offset below which everything was read and is acknowledged by Pub/Sub.
	// LastRecord is the last record below it, -1 for none. The offsets between the two
	// have no records.
	Next       int64 `json:"next"`
	LastRecord int64 `json:"last_record"`

	// Deleted is how many offsets the broker has deleted before they were read, since the
	// partition was first read. Some of them may have had no records.
	Deleted int64 `json:"deleted,omitempty"`

	// Open describes the open transactions; empty for none.
	Open string `json:"open,omitempty"`
}

// Is reports whether a message with these attributes holds a report.
func Is(attributes map[string]string) bool {
	return attributes[recordbatch.AttrContentType] == ContentType
}

// Encode returns the message of a report.
func Encode(r *Report) (data []byte, attributes map[string]string, err error) {
	if err := r.check(); err != nil {
		return nil, nil, err
	}
	if data, err = json.Marshal(r); err != nil {
		return nil, nil, fmt.Errorf("encode a report of log ends: %w", err)
	}
	return data, map[string]string{
		recordbatch.AttrContentType: ContentType,
		recordbatch.AttrVersion:     Version,
	}, nil
}

// Decode reads a message and checks it. The error wraps recordbatch.ErrUnknownFormat or
// ErrCorrupt. With either of them a retry would fail again.
func Decode(data []byte, attributes map[string]string) (*Report, error) {
	if got := attributes[recordbatch.AttrVersion]; !Is(attributes) || got != Version {
		return nil, fmt.Errorf("%w: a report of log ends of version %.20q, this program reads %q", recordbatch.ErrUnknownFormat, got, Version)
	}
	r := &Report{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return r, r.check()
}

func (r *Report) check() error {
	if r.ObservedAt.IsZero() || r.ObservedAt.Year() > 9999 {
		return fmt.Errorf("%w: observed_at is %v", ErrCorrupt, r.ObservedAt)
	}
	if n := len(r.Partitions); n == 0 || n > MaxPartitions {
		return fmt.Errorf("%w: it names %d partitions, not 1 to %d", ErrCorrupt, n, MaxPartitions)
	}
	for i := range r.Partitions {
		if err := r.Partitions[i].check(); err != nil {
			return fmt.Errorf("%w: %.80q[%d]: %w", ErrCorrupt, r.Partitions[i].Topic, r.Partitions[i].Partition, err)
		}
	}
	return nil
}

func (p *Partition) check() error {
	switch {
	case p.Topic == "" || !utf8.ValidString(p.Topic) || !utf8.ValidString(p.TopicID):
		return fmt.Errorf("topic %.80q with id %.80q isn't a name", p.Topic, p.TopicID)
	case p.Partition < 0 || p.Partition >= p.Partitions:
		return fmt.Errorf("partition %d of %d", p.Partition, p.Partitions)
	case p.LogStart < 0 || p.LastStable < p.LogStart || p.LogEnd < p.LastStable:
		return fmt.Errorf("the log reaches from %d to %d, and is stable to %d", p.LogStart, p.LogEnd, p.LastStable)
	case p.LastRecord < -1 || p.LastRecord >= p.Next:
		return fmt.Errorf("the last record below %d is %d", p.Next, p.LastRecord)
	case p.Deleted < 0:
		return fmt.Errorf("%d offsets were deleted", p.Deleted)
	case len(p.Open) > MaxOpen || !utf8.ValidString(p.Open):
		return fmt.Errorf("open transactions are described in %d bytes, not UTF-8 of %d at most", len(p.Open), MaxOpen)
	}
	return nil
}
