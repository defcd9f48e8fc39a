package verify

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/shared/kafka"
)

const (
	// blockSize is how many offsets are compared by the number of records and a
	// checksum. Blocks that differ are compared row by row. blocks.sql has the same number.
	blockSize = 4096
	// namedOffsets is how many missing offsets of a run are kept, and namedRuns how
	// many runs of a partition.
	namedOffsets = 5
	namedRuns    = 100
)

// A recordTime is a record, as far as Kafka and raw both know it.
type recordTime struct {
	Offset int64 `bigquery:"kafka_offset" db:"kafka_offset"`
	Millis int64 `bigquery:"millis"` // of the broker's timestamp
}

// clamped is a timestamp within the range of a TIMESTAMP: the years 1 to 9999.
func clamped(millis int64) int64 { return min(max(millis, -62135596800000), 253402300799999) }

// A block sums up raw's records of blockSize offsets.
type block struct{ records, checksum int64 }

func (b *block) add(r recordTime) {
	b.records++
	b.checksum += r.Millis % 1000000007 * (1 + r.Offset%1021)
}

// A run is a sequence of records that raw lacks, without one between them that it
// has.
type run struct {
	records     int64
	first, last int64
	named       []int64
}

// A share is the part of a partition's log that one incarnation wrote: the offsets
// from from up to, and without, end.
type share struct {
	kafka.TopicPartition
	from, end int64
	newest    bool
	blocks    map[int64]block // of raw, by number

	records, markers int64 // read from Kafka
	missing          []run // at most namedRuns; the last one has all that follow
	missed           int64 // records in them
	rewritten        run   // another record stands in raw
	foreign          run   // in raw, and not on Kafka

	compared map[int64]bool // blocks
	lacking  bool           // raw lacks the last record that was compared
}

// rawRows returns raw's records of a partition, from an offset up to, and without,
// an end.
type rawRows func(ctx context.Context, key kafka.TopicPartition, from, end int64) ([]recordTime, error)

// comparison compares a partition's log with raw.
type comparison struct {
	rows    rawRows
	shares  []*share     // by their offsets
	pending []recordTime // of the block that is read
}

// run reads the log, and returns the offset up to which it was read.
func (c *comparison) run(ctx context.Context, l *log, key kafka.TopicPartition, from, end int64) (reached int64, err error) {
	var failed error
	reached, err = l.read(ctx, key, from, end, kgo.ReadCommitted(), func(r *kgo.Record) bool {
		failed = c.take(ctx, r)
		return failed == nil
	})
	if failed != nil {
		return reached, failed
	}
	if failed = c.finish(ctx, reached); failed != nil {
		return reached, failed
	}
	return reached, err
}

// take adds the next record of the log.
func (c *comparison) take(ctx context.Context, r *kgo.Record) error {
	s := c.share(r.Offset)
	if r.Attrs.IsControl() {
		s.markers++
		return nil
	}
	s.records++
	if n := len(c.pending); n > 0 && (c.share(c.pending[0].Offset) != s || c.pending[0].Offset/blockSize != r.Offset/blockSize) {
		if err := c.flush(ctx, math.MaxInt64); err != nil {
			return err
		}
	}
	c.pending = append(c.pending, recordTime{r.Offset, clamped(r.Timestamp.UnixMilli())})
	return nil
}

// share is the share that an offset belongs to.
func (c *comparison) share(offset int64) *share {
	for _, s := range c.shares {
		if offset < s.end {
			return s
		}
	}
	return c.shares[len(c.shares)-1]
}

// flush compares the records of the block that was read, below an end.
func (c *comparison) flush(ctx context.Context, end int64) error {
	if len(c.pending) == 0 {
		return nil
	}
	s, number := c.share(c.pending[0].Offset), c.pending[0].Offset/blockSize
	var sum block
	for _, p := range c.pending {
		sum.add(p)
	}
	s.compared[number] = true
	if sum == s.blocks[number] {
		s.lacking = false
	} else if err := c.compare(ctx, s, number, min(s.end, end)); err != nil {
		return err
	}
	c.pending = c.pending[:0]
	return nil
}

// finish compares raw's blocks below reached of which Kafka had no record.
func (c *comparison) finish(ctx context.Context, reached int64) error {
	if err := c.flush(ctx, reached); err != nil {
		return err
	}
	for _, s := range c.shares {
		for _, number := range slices.Sorted(maps.Keys(s.blocks)) {
			if s.compared[number] {
				continue
			}
			if err := c.compare(ctx, s, number, min(s.end, reached)); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare compares the records that were read of a block, below an end, with raw's
// rows.
func (c *comparison) compare(ctx context.Context, s *share, number, end int64) error {
	from, end := max(s.from, number*blockSize), min(end, (number+1)*blockSize)
	if from >= end {
		return nil
	}
	held := map[int64]int64{}
	if s.blocks[number].records > 0 {
		rows, err := c.rows(ctx, s.TopicPartition, from, end)
		if err != nil {
			return fmt.Errorf("read raw's rows of %s from offset %d to %d: %w", s.TopicPartition, from, end-1, err)
		}
		for _, r := range rows {
			held[r.Offset] = r.Millis
		}
	}
	for _, p := range c.pending {
		millis, there := held[p.Offset]
		delete(held, p.Offset)
		if !there {
			s.miss(p.Offset)
			continue
		}
		s.lacking = false
		if millis != p.Millis {
			s.rewritten.add(p.Offset)
		}
	}
	for _, offset := range slices.Sorted(maps.Keys(held)) {
		s.foreign.add(offset)
	}
	return nil
}

// miss adds a record that raw lacks.
func (s *share) miss(offset int64) {
	s.missed++
	if !s.lacking {
		s.lacking = true
		if len(s.missing) < namedRuns {
			s.missing = append(s.missing, run{})
		}
	}
	s.missing[len(s.missing)-1].add(offset)
}

func (r *run) add(offset int64) {
	if r.records == 0 {
		r.first = offset
	}
	r.records, r.last = r.records+1, offset
	if len(r.named) < namedOffsets {
		r.named = append(r.named, offset)
	}
}

// rawRows are raw's records of a range of offsets of a partition.
func (v *Verifier) rawRows(ctx context.Context, key kafka.TopicPartition, from, end int64) ([]recordTime, error) {
	return read[recordTime](ctx, v.Tables, "block", query.Parameters{
		"topic": key.Topic, "topic_id": key.TopicID, "number": key.Partition, "begin": from, "end": end,
	})
}

// rawBlocks are the blocks of raw, by partition and number.
func (v *Verifier) rawBlocks(ctx context.Context) (map[kafka.TopicPartition]map[int64]block, error) {
	rows, err := read[struct {
		kafka.TopicPartition
		Number   int64 `bigquery:"block" db:"block"`
		Records  int64 `bigquery:"records"`
		Checksum int64 `bigquery:"checksum"`
	}](ctx, v.Tables, "blocks", nil)
	if err != nil {
		return nil, fmt.Errorf("sum up raw's records: %w", err)
	}
	blocks := map[kafka.TopicPartition]map[int64]block{}
	for _, r := range rows {
		if blocks[r.TopicPartition] == nil {
			blocks[r.TopicPartition] = map[int64]block{}
		}
		blocks[r.TopicPartition][r.Number] = block{r.Records, r.Checksum}
	}
	return blocks, nil
}
