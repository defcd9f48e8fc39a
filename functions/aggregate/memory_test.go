package aggregate

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

var (
	noon   = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	votes0 = kafka.TopicPartition{Topic: "votes", TopicID: "t", Partition: 0}
	votes1 = kafka.TopicPartition{Topic: "votes", TopicID: "t", Partition: 1}
)

// memory is a Warehouse over a list of offsets. It settles as SQL does, and
// counts nothing else.
type memory struct {
	rows      map[kafka.TopicPartition][]int64
	state     map[kafka.TopicPartition]Partition
	passes    []Pass
	steps     []Pass
	floors    []time.Time
	conflicts int
	phantom   int64                         // records that polls count and no pass finds
	stray     map[kafka.TopicPartition]bool // has rows that only a query of all of raw finds
	afterPoll func(poll int)
	err       error
}

func (m *memory) Progress(context.Context) ([]Partition, error) {
	var all []Partition
	for _, p := range m.state {
		all = append(all, p)
	}
	return all, m.err
}

func (m *memory) Fresh(_ context.Context, floor time.Time) ([]Fresh, error) {
	m.floors = append(m.floors, floor)
	defer func() {
		if m.afterPoll != nil {
			m.afterPoll(len(m.floors))
		}
	}()
	var all []Fresh
	for key, offsets := range m.rows {
		if m.stray[key] && floor.After(beginning) {
			continue
		}
		f := Fresh{TopicPartition: key, Source: "votes", FromOffset: math.MaxInt64}
		for _, o := range offsets {
			if o >= m.state[key].NextOffset {
				f.Records++
				f.FromOffset = min(f.FromOffset, o)
			}
		}
		f.Records += m.phantom
		if f.Records > 0 {
			all = append(all, f)
		}
	}
	return all, m.err
}

// ingested is when the row of an offset was, of any partition.
func ingested(offset int64) time.Time { return noon.Add(time.Duration(offset) * time.Second) }

func (m *memory) Portion(_ context.Context, _ time.Time, most int64) (time.Time, error) {
	var left []int64
	for key, offsets := range m.rows {
		for _, o := range offsets {
			if o >= m.state[key].NextOffset {
				left = append(left, o)
			}
		}
	}
	slices.Sort(left)
	if int64(len(left)) <= most {
		return time.Time{}, m.err
	}
	return ingested(left[most]), m.err
}

func (m *memory) StepShown(_ context.Context, p Pass) error {
	m.steps = append(m.steps, p)
	return m.err
}

func (m *memory) Pass(ctx context.Context, p Pass) ([]Partition, error) {
	if m.conflicts > 0 {
		m.conflicts--
		return nil, ErrConflict
	}
	m.passes = append(m.passes, p)
	if m.state == nil {
		m.state = map[kafka.TopicPartition]Partition{}
	}
	for key, offsets := range m.rows {
		s := m.state[key]
		s.TopicPartition, s.LastIngestedAt, s.RecordsAbove = key, noon, 0
		have := map[int64]bool{}
		for _, o := range offsets {
			if p.Until.IsZero() || ingested(o).Before(p.Until) {
				have[o] = true
			}
		}
		for have[s.NextOffset] {
			s.NextOffset++
		}
		for o := range have {
			if o > s.NextOffset {
				s.RecordsAbove++
			}
		}
		if s.RecordsAbove == 0 {
			s.IngestFloor = noon
		}
		s.UpdatedAt = p.Started
		m.state[key] = s
	}
	return m.Progress(ctx)
}
