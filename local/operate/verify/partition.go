package verify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/shared/kafka"
)

// A Partition accounts for the offsets of one partition, or of one incarnation of
// it. Records are counted once, however often they were delivered.
type Partition struct {
	kafka.TopicPartition
	KafkaFirst  int64 `json:"kafka_first"`  // first offset that Kafka holds; -1 where the topic is gone or wasn't asked for
	KafkaStable int64 `json:"kafka_stable"` // last stable offset: what lies above stands behind an open transaction; -1 likewise
	KafkaEnd    int64 `json:"kafka_end"`    // end of the log when the audit began; -1 likewise
	ReadTo      int64 `json:"read_to"`      // before which offset the log was read, from KafkaFirst on; -1 where it wasn't

	First     int64 `json:"first"` // offset in raw; -1 where there is none
	Last      int64 `json:"last"`
	Records   int64 `json:"records"` // in raw
	Repeats   int64 `json:"repeats"` // rows of raw beyond one a record
	Accepted  int64 `json:"accepted"`
	Duplicate int64 `json:"duplicate"`
	Rejected  int64 `json:"rejected"`
	Pending   int64 `json:"pending"`
	OnTheWay  int64 `json:"on_the_way"` // in raw, and not counted yet

	Gaps        int64 `json:"gaps"`         // offsets below what was read that raw doesn't have
	Markers     int64 `json:"markers"`      // of them, markers of transactions
	Empty       int64 `json:"empty"`        // of them, offsets that hold nothing: compacted away, or of an aborted transaction
	Gone        int64 `json:"gone"`         // of them, offsets that Kafka doesn't hold any more
	Missing     int64 `json:"missing"`      // of them, records that Kafka holds
	Behind      int64 `json:"behind"`       // offsets behind an open transaction
	DeadLetters int64 `json:"dead_letters"` // records that wait for a person
}

// partitionRow is a row of partitions.sql.
type partitionRow struct {
	kafka.TopicPartition
	Records     int64 `bigquery:"records"`
	Repeats     int64 `bigquery:"repeats"`
	FirstOffset int64 `bigquery:"first_offset"`
	LastOffset  int64 `bigquery:"last_offset"`
	Accepted    int64 `bigquery:"accepted"`
	Duplicate   int64 `bigquery:"duplicate"`
	Pending     int64 `bigquery:"pending"`
	Rejected    int64 `bigquery:"rejected"`
	// Records that are in no core table, and rejects above the settled offset that
	// aren't in the books.
	Uncounted        int64 `bigquery:"uncounted"`
	FirstUncounted   int64 `bigquery:"first_uncounted"` // -1 where there is none
	UncountedRejects int64 `bigquery:"uncounted_rejects"`
	NextOffset       int64 `bigquery:"next_offset"` // settled
}

// gapRow is a row of gaps.sql.
type gapRow struct {
	kafka.TopicPartition
	FromOffset int64 `bigquery:"from_offset"`
	EndOffset  int64 `bigquery:"end_offset"`
	Jumped     bool  `bigquery:"jumped"`
}

// stored is what raw and core hold of the partitions.
type stored struct {
	rows   map[kafka.TopicPartition]partitionRow
	gaps   map[kafka.TopicPartition][]gapRow
	blocks map[kafka.TopicPartition]map[int64]block
	dead   []DeadLetter
}

// keep reads what raw and core hold. The gaps are read last, so that they are no older than the
// rows.
func (v *Verifier) keep(ctx context.Context, dead []DeadLetter) (*stored, error) {
	b := &stored{rows: map[kafka.TopicPartition]partitionRow{}, gaps: map[kafka.TopicPartition][]gapRow{}, dead: dead}
	rows, err := read[partitionRow](ctx, v.Tables, "partitions", nil)
	if err != nil {
		return nil, fmt.Errorf("count raw's records: %w", err)
	}
	for _, r := range rows {
		b.rows[r.TopicPartition] = r
	}
	between, err := read[gapRow](ctx, v.Tables, "gaps", nil)
	if err != nil {
		return nil, fmt.Errorf("look for gaps in raw's offsets: %w", err)
	}
	for _, g := range between {
		b.gaps[g.TopicPartition] = append(b.gaps[g.TopicPartition], g)
	}
	if len(v.Topics) > 0 {
		b.blocks, err = v.rawBlocks(ctx)
	}
	return b, err
}

// letters are the dead letters of a partition.
func (b *stored) letters(key kafka.TopicPartition) []DeadLetter {
	var dead []DeadLetter
	for _, d := range b.dead {
		if d.TopicPartition == key {
			dead = append(dead, d)
		}
	}
	return dead
}

// partition begins the report of one partition.
func (b *stored) partition(key kafka.TopicPartition) Partition {
	r, known := b.rows[key]
	p := Partition{
		TopicPartition: key, KafkaFirst: -1, KafkaStable: -1, KafkaEnd: -1, ReadTo: -1,
		First: r.FirstOffset, Last: r.LastOffset, Records: r.Records, Repeats: r.Repeats,
		Accepted: r.Accepted, Duplicate: r.Duplicate, Rejected: r.Rejected, Pending: r.Pending,
	}
	if !known {
		p.First, p.Last = -1, -1
	}
	for _, d := range b.letters(key) {
		p.DeadLetters += d.Records
	}
	return p
}

// uncounted finds records that were in raw before the audit, and aren't counted.
func (l *log) uncounted(r partitionRow, p *Partition) (findings []Finding) {
	rejects := max(0, r.UncountedRejects)
	p.OnTheWay = r.Uncounted + rejects
	end := l.end(r.TopicPartition)
	if r.Uncounted > 0 && r.FirstUncounted < end {
		findings = append(findings, Finding{Table: "core.*", Rows: r.Uncounted, Text: fmt.Sprintf(
			"%s: %d records of raw, from offset %d on, stand in no core table", r.TopicPartition, r.Uncounted, r.FirstUncounted)})
	}
	if rejects > 0 && r.NextOffset < end {
		findings = append(findings, Finding{Table: "core.progress", Rows: rejects, Text: fmt.Sprintf(
			"%s: %d rejects of raw from offset %d on aren't in the books", r.TopicPartition, rejects, r.NextOffset)})
	}
	return findings
}

// unasked accounts for the gaps of a partition that Kafka no longer has, or wasn't
// asked for. Records that are missing from an offset on may be on their way.
func (p *Partition) unasked(between []gapRow, from int64) (findings []Finding) {
	for _, g := range between {
		n := g.EndOffset - g.FromOffset
		p.Gaps += n
		p.Gone += n
		if !g.Jumped && g.FromOffset < from {
			findings = append(findings, Finding{Table: "raw.*", Rows: n, Text: fmt.Sprintf(
				"%s: offsets %d to %d are missing", p.TopicPartition, g.FromOffset, g.EndOffset-1)})
		}
	}
	return findings
}

// gone accounts for offsets that raw lacks and Kafka no longer holds. If the bridge
// saw the jump over them, they were deleted before it read them. A single such
// offset in a topic with transactions is the marker of one.
func (p *Partition) gone(gaps []gapRow, accepted bool) (findings []Finding) {
	for _, g := range gaps {
		n := g.EndOffset - g.FromOffset
		if n <= 0 {
			continue
		}
		p.Gaps += n
		p.Gone += n
		switch {
		case !g.Jumped:
			findings = append(findings, Finding{Table: "raw.*", Rows: n, Text: fmt.Sprintf(
				"%s: offsets %d to %d are missing, and Kafka doesn't hold them any more", p.TopicPartition, g.FromOffset, g.EndOffset-1)})
		case accepted, n == 1 && g.FromOffset > 0 && p.Markers > 0:
		default:
			findings = append(findings, Finding{Table: "raw.*", Rows: n, Text: fmt.Sprintf(
				"%s: offsets %d to %d were deleted on Kafka before they were read: the records there aren't counted; "+
					"lengthen the topic's retention.ms, and if nothing of this count stood there, say --accept-deleted", p.TopicPartition, g.FromOffset, g.EndOffset-1)})
		}
	}
	return findings
}

func more(there bool) string {
	if there {
		return " and more"
	}
	return ""
}

// holders names the dead letters that hold records of a run.
func holders(dead []DeadLetter, r run) string {
	var ids []string
	for _, d := range dead {
		if d.First <= r.last && d.Last >= r.first {
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return "; see the dead letters " + strings.Join(ids, ", ")
}

func sortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Text, b.Text) })
}
