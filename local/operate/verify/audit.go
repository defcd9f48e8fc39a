package verify

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tallystream/tallystream/shared/kafka"
)

// readers is how many partitions are read at once.
const readers = 4

// partitions fills in the report of each partition, and adds the findings.
func (v *Verifier) partitions(ctx context.Context, l *log, report *Report) error {
	b, err := v.keep(ctx, report.DeadLetters)
	if err != nil {
		return err
	}
	var mu sync.Mutex // guards the report
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for _, key := range l.keys() {
		g.Go(func() error {
			a := &audit{rows: v.rawRows, accepted: v.AcceptDeleted, log: l, stored: b, key: key}
			if err := a.run(ctx); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			report.Partitions = append(report.Partitions, a.partitions...)
			report.Findings = append(report.Findings, a.findings...)
			report.Notes = append(report.Notes, a.notes...)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for key, r := range b.rows {
		if _, known := l.extents[key.Base()]; known {
			continue
		}
		p := b.partition(key)
		report.Findings = append(report.Findings, p.unasked(b.gaps[key], max(r.NextOffset, l.end(key)))...)
		report.Findings = append(report.Findings, l.uncounted(r, &p)...)
		report.Partitions = append(report.Partitions, p)
		if asked := slices.Contains(l.topics, key.Topic); len(l.topics) > 0 && !(asked && v.AcceptDeleted) {
			l.giveUp(Unread{TopicPartition: key, From: p.Last + 1, End: -1, Cause: l.unknown(key)})
		}
	}
	for _, u := range l.unread {
		report.Unread = append(report.Unread, u)
	}
	slices.SortFunc(report.Unread, func(a, b Unread) int { return a.TopicPartition.Compare(b.TopicPartition) })
	slices.SortFunc(report.Partitions, func(a, b Partition) int { return a.TopicPartition.Compare(b.TopicPartition) })
	slices.Sort(report.Notes)
	sortFindings(report.Findings)
	return nil
}

// unknown says why Kafka wasn't read for a partition that the tables have.
func (l *log) unknown(key kafka.TopicPartition) string {
	if !slices.Contains(l.topics, key.Topic) {
		return "the tables have records of this topic, which KAFKA_TOPICS doesn't name: add it"
	}
	return fmt.Sprintf("the tables have records of topic id %q, which Kafka doesn't hold any more: the topic was deleted, and what it held beyond them can't be seen; "+
		"if nothing of this count stood there, say --accept-deleted", key.TopicID)
}

// audit is the audit of one partition.
type audit struct {
	rows     rawRows
	accepted bool // what was deleted unread
	log      *log
	stored   *stored
	key      kafka.TopicPartition // as Kafka knows it
	end      int64                // before which the log can be read

	partitions []Partition
	findings   []Finding
	notes      []string
}

func (a *audit) find(rows int64, format string, args ...any) {
	a.findings = append(a.findings, Finding{Table: "raw.*", Rows: rows, Text: fmt.Sprintf(format, args...)})
}

// run reads the partition's log and compares it with raw. It reads up to the end
// that the log had when the audit began, or up to the first open transaction. If
// that transaction ends meanwhile, it reads on.
func (a *audit) run(ctx context.Context) error {
	e := a.log.extents[a.key]
	for {
		a.end = e.readable()
		a.partitions, a.findings, a.notes = nil, nil, nil
		if err := a.once(ctx, e); err != nil || a.end == e.readable() {
			return err
		}
	}
}

func (a *audit) once(ctx context.Context, e *extent) error {
	shares := a.shares(e.first)
	reached := e.first
	if !a.log.gaveUp(a.key) {
		c := &comparison{rows: a.rows, shares: shares}
		var err error
		reached, err = c.run(ctx, a.log, a.key, e.first, a.end)
		var cut *logCut
		switch {
		case errors.As(err, &cut):
			a.find(a.end-cut.end, "%s: its log ended at offset %d when the audit began, and ends at %d now: the broker lost what stood between", a.key, a.end, cut.end)
		case errors.As(err, new(*unreadable)):
			a.log.giveUp(Unread{TopicPartition: a.key, From: reached, End: e.end, Cause: err.Error()})
		case err != nil:
			return err
		}
	}
	for _, s := range shares {
		a.account(s, e, reached)
	}
	if a.log.gaveUp(a.key) {
		return nil
	}
	if a.end < e.end {
		a.findings = append(a.findings, a.log.behind(ctx, a.key, a.end)...)
	}
	return a.beyond(ctx, shares, e)
}

// shares divides the log among the incarnations of the partition. From the first
// offset of an incarnation on, the log has no records of older ones.
func (a *audit) shares(first int64) []*share {
	var keys []kafka.TopicPartition
	for key := range a.stored.rows {
		if key.Base() == a.key {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		keys = []kafka.TopicPartition{a.key}
	}
	slices.SortFunc(keys, kafka.TopicPartition.Compare)
	var shares []*share
	end := a.end
	for i, key := range slices.Backward(keys) {
		s := &share{TopicPartition: key, from: max(first, a.stored.rows[key].FirstOffset), end: end,
			blocks: a.stored.blocks[key], compared: map[int64]bool{}}
		s.newest = i == len(keys)-1
		if i == 0 {
			s.from = first
		}
		s.from = min(s.from, s.end)
		end = s.from
		shares = append(shares, s)
	}
	slices.Reverse(shares)
	return shares
}

// account reports what was found in a share.
func (a *audit) account(s *share, e *extent, reached int64) {
	p := a.stored.partition(s.TopicPartition)
	p.KafkaFirst, p.KafkaStable, p.KafkaEnd, p.ReadTo = s.from, s.end, s.end, max(s.from, min(s.end, reached))
	if s.newest {
		p.KafkaEnd = e.end
		p.Behind = e.end - a.end
	}
	p.Markers, p.Missing = s.markers, s.missed
	p.Empty = max(0, p.ReadTo-s.from-s.records-s.markers-s.foreign.records)
	p.Gaps = p.Markers + p.Missing + p.Empty
	a.findings = append(a.findings, p.gone(a.lost(s, e), a.accepted)...)
	a.differing(s)
	if r, there := a.stored.rows[s.TopicPartition]; there {
		a.findings = append(a.findings, a.log.uncounted(r, &p)...)
	}
	a.partitions = append(a.partitions, p)
}

// lost are the gaps in raw's offsets that Kafka can't explain: those below its
// first offset, and those where a newer incarnation has written since.
func (a *audit) lost(s *share, e *extent) []gapRow {
	r, there := a.stored.rows[s.TopicPartition]
	if !there {
		r.FirstOffset, r.LastOffset = s.from, s.from-1
	}
	gaps := slices.Clone(a.stored.gaps[s.TopicPartition])
	if s.from == e.first && s.TopicPartition == a.key {
		gaps = append(gaps, gapRow{FromOffset: 0, EndOffset: min(r.FirstOffset, e.first), Jumped: true})
		if there {
			gaps = append(gaps, gapRow{FromOffset: r.LastOffset + 1, EndOffset: e.first, Jumped: true})
		}
	}
	var lost []gapRow
	for _, g := range gaps {
		below, above := g, g
		below.EndOffset = min(g.EndOffset, s.from)
		lost = append(lost, below)
		if !s.newest {
			above.FromOffset = max(g.FromOffset, s.end)
			lost = append(lost, above)
		}
	}
	return lost
}

// differing reports where raw and the log differ.
func (a *audit) differing(s *share) {
	dead := a.stored.letters(s.TopicPartition)
	if _, there := a.stored.rows[s.TopicPartition]; !there && s.missed > 0 && len(dead) == 0 {
		a.find(s.missed, "%s: none of the %d records that Kafka holds, from offset %d on, is in the tables", s.TopicPartition, s.missed, s.missing[0].first)
	} else {
		for _, m := range s.missing {
			a.find(m.records, "%s: %d records that Kafka holds are missing between offsets %d and %d: %v%s%s",
				s.TopicPartition, m.records, m.first, m.last, m.named, more(m.records > int64(len(m.named))), holders(dead, m))
		}
	}
	if w := s.rewritten; w.records > 0 {
		others := ""
		if w.records > 1 {
			others = fmt.Sprintf(", and neither are %d more up to offset %d", w.records-1, w.last)
		}
		a.find(w.records, "%s: the record at offset %d on Kafka isn't the one that was counted%s: the log was cut and written anew", s.TopicPartition, w.first, others)
	}
	f := s.foreign
	switch {
	case f.records == 0:
	case a.log.compacted[s.Topic]:
		a.notes = append(a.notes, fmt.Sprintf("%s: %d records that were counted are compacted away on Kafka", s.TopicPartition, f.records))
	default:
		a.find(f.records, "%s: raw has %d records between offsets %d and %d where Kafka holds none: %v%s",
			s.TopicPartition, f.records, f.first, f.last, f.named, more(f.records > int64(len(f.named))))
	}
}

// beyond reports records that were counted and are no longer in Kafka's log,
// because its end was lost. They stay counted.
func (a *audit) beyond(ctx context.Context, shares []*share, e *extent) error {
	for i, s := range shares[:len(shares)-1] {
		rows, err := a.rows(ctx, s.TopicPartition, s.end, math.MaxInt64)
		if err != nil {
			return fmt.Errorf("read raw's rows of %s from offset %d on: %w", s.TopicPartition, s.end, err)
		}
		if len(rows) > 0 {
			a.notes = append(a.notes, fmt.Sprintf("%s: %d records that were counted, from offset %d on, aren't what the log holds there any more: it was cut, and written anew from leader epoch %d on",
				s.TopicPartition, len(rows), rows[0].Offset, shares[i+1].Epoch()))
		}
	}
	newest := shares[len(shares)-1].TopicPartition
	last := a.stored.partition(newest).Last
	if last < e.end {
		return nil
	}
	end, err := a.log.endNow(ctx, a.key)
	if err != nil {
		return err
	}
	if last >= end {
		a.notes = append(a.notes, fmt.Sprintf("%s: raw has records up to offset %d, and Kafka's log ends at %d: the broker lost its end; what was counted stays counted",
			newest, last, end))
	}
	return nil
}
