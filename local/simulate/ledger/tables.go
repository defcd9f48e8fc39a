package ledger

import (
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// Tables works out every core and analytics table. The key of a voter is what
// the functions store in place of the voter's id: keyer returns it.
func (l *Ledger) Tables(keyer func(voterID string) string) []*Table {
	r := l.resolve()
	w := l.windows(r)
	return []*Table{
		r.voterTable(keyer),
		r.ballotTable(keyer),
		r.duplicateTable(keyer),
		w.voteWindows(),
		w.voteHours(),
		w.electorateWindows(),
		r.bookWindows(),
		r.progress(),
		l.candidateTotals(w),
		l.regionalTurnout(w),
		w.hourlyTrends(),
		l.demographicAnalysis(w),
		r.bookTable(),
		r.rejections(),
	}
}

const positionColumns = "kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_timestamp "

func (r *result) voterTable(keyer func(string) string) *Table {
	t := newTable("core.voters", "voter_key", positionColumns+"state age_group gender county precinct")
	for id, v := range r.voters {
		t.add(keyer(id), v.Topic, v.TopicID, v.Partition, v.Offset, v.Position.time(),
			v.State, v.AgeGroup, v.Gender, optional(v.County), optional(v.Precinct))
	}
	return t
}

func (r *result) ballotTable(keyer func(string) string) *Table {
	t := newTable("core.ballots", "voter_key", positionColumns+
		"vote_id candidate candidate_image voted_at polling_station state age_group gender")
	for id, v := range r.ballots {
		var state, age, gender optional // NULL for a pending ballot
		if reg, ok := r.voters[id]; ok {
			state, age, gender = optional(reg.State), optional(reg.AgeGroup), optional(reg.Gender)
		}
		t.add(keyer(id), v.Topic, v.TopicID, v.Partition, v.Offset, v.Position.time(),
			optional(v.VoteID), v.Candidate, optional(v.Image), v.time(), optional(v.Station), state, age, gender)
	}
	return t
}

func (r *result) duplicateTable(keyer func(string) string) *Table {
	t := newTable("core.duplicates", "kafka_topic kafka_topic_id kafka_partition kafka_offset",
		"kafka_timestamp voter_key event_time")
	for _, d := range r.duplicates {
		t.add(d.Topic, d.TopicID, d.Partition, d.Offset, d.Position.time(), keyer(d.voterID), d.event)
	}
	return t
}

func (r *result) bookWindows() *Table {
	type window struct {
		start     time.Time
		partition kafka.TopicPartition
	}
	type counts struct {
		accepted, pending, duplicate int64
		clock
	}
	sums := map[window]*counts{}
	at := func(event time.Time, p Position) *counts {
		w := window{event.Truncate(time.Minute), p.TopicPartition}
		if sums[w] == nil {
			sums[w] = &counts{}
		}
		return sums[w]
	}
	for _, v := range r.voters {
		c := at(v.Position.time(), v.Position)
		c.accepted++
		c.advance(v.Position, v.Position.time())
	}
	for id, v := range r.ballots {
		if _, registered := r.voters[id]; registered {
			c := at(v.time(), v.Position)
			c.accepted++
			c.advance(v.Position, v.time())
		} else {
			at(v.time(), v.Position).pending++
		}
	}
	for _, d := range r.duplicates {
		at(d.event, d.Position).duplicate++
	}
	t := newTable("core.book_windows", "window_start kafka_topic kafka_topic_id kafka_partition",
		"accepted pending duplicate ahead watermark")
	for w, c := range sums {
		t.add(w.start, w.partition.Topic, w.partition.TopicID, w.partition.Partition, c.accepted, c.pending, c.duplicate,
			c.ahead, c.watermark)
	}
	return t
}

const partitionColumns = "kafka_topic kafka_topic_id kafka_partition"

func (r *result) progress() *Table {
	t := newTable("core.progress", partitionColumns,
		"first_offset next_offset records rejected records_above rejected_above last_offset")
	for p, b := range r.books {
		t.add(p.Topic, p.TopicID, p.Partition,
			b.first, b.last+1, b.Records, b.Rejected, int64(0), int64(0), b.last)
	}
	return t
}

func (r *result) bookTable() *Table {
	t := newTable("analytics.books", partitionColumns,
		"records accepted duplicate rejected pending gaps first_offset next_offset last_offset ahead watermark")
	for p, b := range r.books {
		t.add(p.Topic, p.TopicID, p.Partition,
			b.Records, b.Accepted, b.Duplicate, b.Rejected, b.Pending, b.Gaps, b.first, b.last+1, b.last,
			b.ahead, b.watermark)
	}
	return t
}

func (r *result) rejections() *Table {
	t := newTable("analytics.rejections", partitionColumns+" reason", "rejected settled")
	for p, b := range r.books {
		for reason, n := range b.Reasons {
			t.add(p.Topic, p.TopicID, p.Partition, reason, n, n)
		}
	}
	return t
}
