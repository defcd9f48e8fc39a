package verify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"cloud.google.com/go/bigquery"
)

// A Key names a partition of a topic. A topic that is deleted and made again has
// another id.
type Key struct {
	Topic   string `bigquery:"kafka_topic" json:"topic"`
	TopicID string `bigquery:"kafka_topic_id" json:"topic_id"`
	Number  int64  `bigquery:"kafka_partition" json:"partition"`
}

func (k Key) String() string { return fmt.Sprintf("%s[%d]", k.Topic, k.Number) }

// A Partition is what became of the offsets of one partition. Records are
// distinct.
type Partition struct {
	Key
	KafkaFirst int64 `json:"kafka_first"` // first offset that Kafka holds; -1 where the topic is gone or wasn't asked for
	KafkaEnd   int64 `json:"kafka_end"`   // end of what it held when the audit began; -1 likewise

	First     int64 `json:"first"` // offset in raw; -1 where there is none
	Last      int64 `json:"last"`
	Records   int64 `json:"records"` // in raw
	Repeats   int64 `json:"repeats"` // rows of raw beyond one a record
	Accepted  int64 `json:"accepted"`
	Duplicate int64 `json:"duplicate"`
	Rejected  int64 `json:"rejected"`
	Pending   int64 `json:"pending"`
	OnTheWay  int64 `json:"on_the_way"` // in raw, and not counted yet

	Gaps        int64 `json:"gaps"`         // offsets below Kafka's end that raw doesn't have
	Markers     int64 `json:"markers"`      // of them, markers of transactions
	Empty       int64 `json:"empty"`        // of them, offsets that hold nothing: compacted away, or of an aborted transaction
	Gone        int64 `json:"gone"`         // of them, offsets that Kafka doesn't hold any more
	Missing     int64 `json:"missing"`      // of them, records that Kafka holds
	DeadLetters int64 `json:"dead_letters"` // records that wait for a person
}

// partitionRow is a row of partitions.sql.
type partitionRow struct {
	Key
	Records     int64 `bigquery:"records"`
	Repeats     int64 `bigquery:"repeats"`
	FirstOffset int64 `bigquery:"first_offset"`
	LastOffset  int64 `bigquery:"last_offset"`
	Accepted    int64 `bigquery:"accepted"`
	Duplicate   int64 `bigquery:"duplicate"`
	Pending     int64 `bigquery:"pending"`
	Rejected    int64 `bigquery:"rejected"`
	// Records that stand in no core table, and rejects above the settled offset
	// that aren't in the books.
	Uncounted        int64              `bigquery:"uncounted"`
	FirstUncounted   bigquery.NullInt64 `bigquery:"first_uncounted"`
	UncountedRejects int64              `bigquery:"uncounted_rejects"`
	NextOffset       int64              `bigquery:"next_offset"` // settled
}

// gapRow is a row of gaps.sql.
type gapRow struct {
	Key
	FromOffset int64 `bigquery:"from_offset"`
	EndOffset  int64 `bigquery:"end_offset"`
	Jumped     bool  `bigquery:"jumped"`
}

// partitions fills in what became of each partition, and what is wrong with it.
func (v *Verifier) partitions(ctx context.Context, l *log, report *Report) error {
	rows, err := read[partitionRow](ctx, v.BigQuery, statement("partitions"))
	if err != nil {
		return fmt.Errorf("count raw's records: %w", err)
	}
	between, err := read[gapRow](ctx, v.BigQuery, statement("gaps"))
	if err != nil {
		return fmt.Errorf("look for gaps in raw's offsets: %w", err)
	}
	gaps := map[Key][]gapRow{}
	for _, g := range between {
		gaps[g.Key] = append(gaps[g.Key], g)
	}
	all := map[Key]partitionRow{}
	for _, r := range rows {
		all[r.Key] = r
	}
	for key := range l.extents {
		if _, ok := all[key]; !ok {
			all[key] = partitionRow{Key: key, FirstOffset: -1, LastOffset: -1}
		}
	}
	for _, r := range all {
		var dead []DeadLetter
		for _, d := range report.DeadLetters {
			if d.Topic == r.Topic && d.TopicID == r.TopicID && d.Partition == r.Number {
				dead = append(dead, d)
			}
		}
		p, findings, err := l.account(ctx, r, gaps[r.Key], dead)
		if err != nil {
			return err
		}
		findings = append(findings, l.uncounted(r, &p)...)
		report.Partitions = append(report.Partitions, p)
		report.Findings = append(report.Findings, findings...)
	}
	slices.SortFunc(report.Partitions, func(a, b Partition) int { return compareKeys(a.Key, b.Key) })
	slices.SortStableFunc(report.Findings, func(a, b Finding) int { return cmp.Compare(a.Text, b.Text) })
	return nil
}

// uncounted finds what raw has held since before the audit, and isn't counted.
func (l *log) uncounted(r partitionRow, p *Partition) (findings []Finding) {
	rejects := max(0, r.UncountedRejects)
	p.OnTheWay = r.Uncounted + rejects
	end := l.end(r.Key)
	if r.Uncounted > 0 && r.FirstUncounted.Int64 < end {
		findings = append(findings, Finding{Table: "core.*", Rows: r.Uncounted, Text: fmt.Sprintf(
			"%s: %d records of raw, from offset %d on, stand in no core table", r.Key, r.Uncounted, r.FirstUncounted.Int64)})
	}
	if rejects > 0 && r.NextOffset < end {
		findings = append(findings, Finding{Table: "core.progress", Rows: rejects, Text: fmt.Sprintf(
			"%s: %d rejects of raw from offset %d on aren't in the books", r.Key, rejects, r.NextOffset)})
	}
	return findings
}

// account compares the offsets of a partition with Kafka's.
func (l *log) account(ctx context.Context, r partitionRow, between []gapRow, dead []DeadLetter) (Partition, []Finding, error) {
	p := Partition{
		Key: r.Key, KafkaFirst: -1, KafkaEnd: -1,
		First: r.FirstOffset, Last: r.LastOffset, Records: r.Records, Repeats: r.Repeats,
		Accepted: r.Accepted, Duplicate: r.Duplicate, Rejected: r.Rejected, Pending: r.Pending,
	}
	for _, d := range dead {
		p.DeadLetters += d.Records
	}
	e, known := l.extents[r.Key]
	if !known {
		findings := p.unasked(between, max(r.NextOffset, l.end(r.Key)))
		return p, findings, nil
	}
	p.KafkaFirst, p.KafkaEnd = e.first, e.end
	gaps := slices.Clone(between)
	if from := max(e.first, r.LastOffset+1); from < e.end {
		gaps = append(gaps, gapRow{Key: r.Key, FromOffset: from, EndOffset: e.end, Jumped: true})
	}
	if r.FirstOffset > e.first {
		gaps = append(gaps, gapRow{Key: r.Key, FromOffset: e.first, EndOffset: min(r.FirstOffset, e.end), Jumped: true})
	}
	slices.SortFunc(gaps, func(a, b gapRow) int { return int(a.FromOffset - b.FromOffset) })
	var findings []Finding
	var spans []Span
	for _, g := range gaps {
		// What lay below the first offset that Kafka holds can't be read again:
		// the records around it tell whether anything was there.
		if below := min(g.EndOffset, e.first) - g.FromOffset; below > 0 {
			p.Gaps += below
			p.Gone += below
			if !g.Jumped {
				findings = append(findings, Finding{Table: "raw.*", Rows: below, Text: fmt.Sprintf(
					"%s: offsets %d to %d are missing, and Kafka doesn't hold them any more", r.Key, g.FromOffset, g.FromOffset+below-1)})
			}
		}
		if s := (Span{max(g.FromOffset, e.first), min(g.EndOffset, e.end)}); s.From < s.End {
			spans = append(spans, s)
		}
	}
	found, err := l.look(ctx, r.Key, spans, 1<<40)
	if err != nil {
		return p, nil, err
	}
	for i, s := range spans {
		c := found[i]
		p.Gaps += s.End - s.From
		p.Markers += c.markers
		p.Missing += c.records
		p.Empty += s.End - s.From - c.markers - c.records
		if c.records > 0 {
			findings = append(findings, Finding{Table: "raw.*", Rows: c.records, Text: fmt.Sprintf(
				"%s: %d records that Kafka holds are missing between offsets %d and %d: %v%s%s",
				r.Key, c.records, s.From, s.End-1, c.missing, more(c.records > int64(len(c.missing))), holders(dead, s))})
		}
	}
	return p, findings, nil
}

// unasked accounts for the gaps of a partition that Kafka doesn't have (any
// more), or wasn't asked for. What is missing from an offset on may be on its way.
func (p *Partition) unasked(between []gapRow, from int64) (findings []Finding) {
	for _, g := range between {
		n := g.EndOffset - g.FromOffset
		p.Gaps += n
		p.Gone += n
		if !g.Jumped && g.FromOffset < from {
			findings = append(findings, Finding{Table: "raw.*", Rows: n, Text: fmt.Sprintf(
				"%s: offsets %d to %d are missing", p.Key, g.FromOffset, g.EndOffset-1)})
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

// holders names the dead letters that hold offsets of a span.
func holders(dead []DeadLetter, s Span) string {
	var ids []string
	for _, d := range dead {
		if d.First < s.End && d.Last >= s.From {
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return "; see the dead letters " + strings.Join(ids, ", ")
}
