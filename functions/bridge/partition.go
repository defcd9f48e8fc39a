package bridge

import (
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// partition is a partition that a drain reads. The loop alone uses its fields;
// what the other parts look at is in log and in progress, which have locks of
// their own.
type partition struct {
	kafka.TopicPartition        // without the topic's id
	topicID              string // as the broker has it
	leaderEpoch          int32  // when the partition was found
	id                   string // topic id of the record at follows, with its incarnation

	position int64 // offset to read next
	follows  int64 // offset of the last record before position
	epoch    int32 // leader epoch of what stood before position, records or not; -1 where unknown
	gone     int64 // end of the offsets that were counted as deleted in this drain
	decided  int64 // end of what could be read when the drain began
	target   int64 // end of what was there when the drain began
	stopped  bool  // no more is read in this drain

	waiting waiting // the message that its next records join
	log     logState
	*progress

	committed committed // the committer's
}

// newPartition is a partition of which nothing is known but its topic's id and
// its leader epoch.
func newPartition(p kafka.TopicPartition, topicID string, leaderEpoch int32) *partition {
	return &partition{TopicPartition: p, topicID: topicID, leaderEpoch: leaderEpoch, log: logState{facts: facts{lost: -1}}}
}

// begin sets where a partition is read from.
func (p *partition) begin(m kafkalog.Mark) {
	p.position, p.follows, p.epoch = m.Next, m.Follows, m.Epoch
	p.id = p.log.known().history.At(p.topicID, m)
	p.progress, p.committed.mark = newProgress(m), m
}

// pass moves over offsets that hold no records.
func (p *partition) pass(next int64, epoch int32) {
	p.position, p.epoch = next, epoch
	if p.waiting.batch == nil {
		p.skip(next, epoch)
	}
}

// newBuilder starts a message behind what was read last.
func (p *partition) newBuilder() *recordbatch.Builder {
	return recordbatch.NewBuilder(kafka.TopicPartition{Topic: p.Topic, TopicID: p.id, Partition: p.Partition}, p.follows)
}

// logState is what is known of a partition's log. The loop and the reporter learn it;
// the committer and the reporter pass it on.
type logState struct {
	mu sync.Mutex
	facts
}

// facts are what is known of a log.
type facts struct {
	extent   kafkalog.Extent   // as last heard
	heldBack kafkalog.HeldBack // what no drain can read yet
	history  kafkalog.History  // its incarnations
	lost     int64             // from where on the log has lost what was read, until a record stands there; -1 for nothing
	deleted  int64             // offsets that the broker deleted before they were read, ever
	back     bool              // whether the log went back while it was read
}

// known returns what is known now.
func (l *logState) known() facts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.facts
}

// learn changes what is known.
func (l *logState) learn(change func(f *facts)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.facts)
}

// heard notes how far a fetch says that the log reaches.
func (l *logState) heard(f *kgo.FetchPartition) {
	l.learn(func(known *facts) {
		e := &known.extent
		e.First = max(e.First, f.LogStartOffset)
		e.Stable = max(e.Stable, f.LastStableOffset)
		e.End = max(e.End, f.HighWatermark)
	})
}

// waiting is a message that is being filled.
type waiting struct {
	batch *recordbatch.Builder // nil for none
	since time.Time            // arrival of its first record
	cost  int64                // taken from the budget
	bytes int64                // of keys and values
}

// committed is what the committer knows of a partition.
type committed struct {
	mark    kafkalog.Mark // last committed
	refused bool          // whether the broker takes no commit of it
}
