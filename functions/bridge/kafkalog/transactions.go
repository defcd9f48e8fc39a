package kafkalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tallystream/tallystream/shared/kafka"
)

// openTransaction is a transaction that was neither committed nor aborted, and has
// written records to a partition. Nothing from first on can be read.
type openTransaction struct {
	first     int64 // offset of its first record in the partition
	producer  int64
	epoch     int16
	lastWrite time.Time // by its producer's clock

	// These are what the transaction's coordinator says. They are empty where it
	// doesn't answer, or doesn't know the transaction any more.
	id      string // transactional.id
	state   string
	begun   time.Time
	timeout time.Duration
}

// Transactions are the open transactions of a partition, by their first offsets, or
// why they aren't known.
type Transactions struct {
	open    []openTransaction
	unknown error
}

// OpenTransactions finds the transactions that hold back what partitions have from
// their last stable offsets on. It asks the partitions' leaders, which takes Read
// of the topics, then the coordinators, which takes Describe of the transactional
// ids.
func OpenTransactions(ctx context.Context, admin *kadm.Client, waiting map[kafka.TopicPartition]Extent) map[kafka.TopicPartition]Transactions {
	if len(waiting) == 0 {
		return nil
	}
	found := map[kafka.TopicPartition]Transactions{}
	topics := kadm.TopicsSet{}
	for at := range waiting {
		topics.Add(at.Topic, at.Partition)
	}
	described, err := admin.DescribeProducers(ctx, topics)
	producers := map[int64]bool{}
	for at := range waiting {
		answer, ok := described[at.Topic].Partitions[at.Partition]
		t := Transactions{unknown: answer.Err}
		if !ok {
			if t.unknown = err; err == nil {
				t.unknown = fmt.Errorf("the broker that leads it doesn't answer")
			}
		}
		for _, p := range answer.ActiveProducers.Sorted() {
			if p.CurrentTxnStartOffset >= 0 {
				producers[p.ProducerID] = true
				t.open = append(t.open, openTransaction{
					first: p.CurrentTxnStartOffset, producer: p.ProducerID, epoch: p.ProducerEpoch, lastWrite: time.UnixMilli(p.LastTimestamp).UTC(),
				})
			}
		}
		slices.SortFunc(t.open, func(a, b openTransaction) int { return int(a.first - b.first) })
		found[at] = t
	}
	coordinated := coordinated(ctx, admin, producers)
	for _, t := range found {
		for i := range t.open {
			o := &t.open[i]
			if c, ok := coordinated[o.producer]; ok && c.ProducerEpoch == o.epoch {
				o.id, o.state, o.timeout = c.TxnID, c.State, time.Duration(c.TimeoutMillis)*time.Millisecond
				if c.StartTimestamp > 0 {
					o.begun = time.UnixMilli(c.StartTimestamp).UTC()
				}
			}
		}
	}
	return found
}

// coordinated returns what the coordinators know of transactions, by producer id, as
// far as they answer.
func coordinated(ctx context.Context, admin *kadm.Client, producers map[int64]bool) map[int64]kadm.DescribedTransaction {
	ids := []int64{}
	for id := range producers {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil
	}
	// Where some coordinators don't answer, the others' answers are used; what
	// this account may not see isn't listed.
	listed, _ := admin.ListTransactions(ctx, ids, nil)
	if len(listed) == 0 {
		return nil
	}
	described, _ := admin.DescribeTransactions(ctx, listed.TransactionalIDs()...)
	known := map[int64]kadm.DescribedTransaction{}
	for _, t := range described {
		if t.Err == nil {
			known[t.ProducerID] = t
		}
	}
	return known
}

// String describes a transaction: who holds it open, and since when.
func (o openTransaction) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "of producer %d epoch %d", o.producer, o.epoch)
	if o.id != "" {
		fmt.Fprintf(&b, ", transactional.id %q", o.id)
	}
	fmt.Fprintf(&b, ", from offset %d on", o.first)
	if !o.begun.IsZero() {
		fmt.Fprintf(&b, ", begun %s", o.begun.Format(time.RFC3339))
	}
	fmt.Fprintf(&b, ", last written %s", o.lastWrite.Format(time.RFC3339))
	return b.String()
}

// HeldBack is what open transactions keep from being read. The zero HeldBack is
// nothing.
type HeldBack struct {
	extent Extent
	Transactions
	since time.Time // when the drain first saw records held back from this offset on; zero if none are
}

// Update notes what was found at a time.
func (h *HeldBack) Update(l Extent, t Transactions, now time.Time) {
	if l.Stable >= l.End {
		*h = HeldBack{}
		return
	}
	if h.since.IsZero() || h.extent.Stable != l.Stable {
		h.since = now
	}
	h.extent, h.Transactions = l, t
}

// String names the transactions that hold records back; empty where none does.
func (h *HeldBack) String() string {
	if h.since.IsZero() {
		return ""
	}
	if len(h.open) == 0 {
		if h.unknown != nil {
			return fmt.Sprintf("a transaction that can't be looked up (%v)", h.unknown)
		}
		return "a transaction that has just ended"
	}
	var list []string
	for _, o := range h.open {
		list = append(list, o.String())
	}
	return "the transaction " + strings.Join(list, "; and that ")
}

// heldLong is how long a transaction may be open before the summary speaks of
// it: producers that work have theirs open for less.
const heldLong = 5 * time.Second

// Warning is the sentence on what is held back for long, or empty.
func (h *HeldBack) Warning(at kafka.TopicPartition, now time.Time) string {
	if h.since.IsZero() {
		return ""
	}
	since := h.since
	for _, o := range h.open {
		if !o.begun.IsZero() && o.begun.Before(since) {
			since = o.begun
		}
	}
	if now.Sub(since) < heldLong && len(h.open) > 0 {
		return ""
	}
	s := fmt.Sprintf("%s: offsets %d to %d can't be read: they wait for %s", at, h.extent.Stable, h.extent.End-1, h)
	switch {
	case len(h.open) == 0 && h.unknown != nil:
		return s + "; allow the bridge's account Read of the topic and Describe of transactional ids to have it named, and end it if its producer is dead"
	case len(h.open) == 0:
		return ""
	}
	o := h.open[0]
	s += "; where its producer is dead, abort it: kafka-transactions.sh --bootstrap-server HOST:PORT abort" +
		fmt.Sprintf(" --topic %s --partition %d --start-offset %d", at.Topic, at.Partition, o.first)
	if o.timeout > 0 {
		s += fmt.Sprintf(" (the broker does so itself %v after it began)", o.timeout)
	}
	return s
}
