package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/kafka"
)

// behind reports the records that can't be counted yet, because they are behind an
// open transaction.
func (l *log) behind(ctx context.Context, key kafka.TopicPartition, stable int64) []Finding {
	end := l.extents[key].end
	var records int64
	_, err := l.read(ctx, key, stable, end, kgo.ReadUncommitted(), func(r *kgo.Record) bool {
		if !r.Attrs.IsControl() {
			records++
		}
		return true
	})
	held := fmt.Sprintf("%d records", records)
	if err != nil {
		held = "records that can't be counted (" + err.Error() + ")"
	}
	return []Finding{{Table: "raw.*", Rows: max(1, records), Text: fmt.Sprintf(
		"%s: offsets %d to %d lie behind %s: %s, from the last stable offset to the end of the log, can't be read before it ends; "+
			"where its producer is dead, end it: kafka-transactions.sh abort --topic %s --partition %d --start-offset %d",
		key, stable, end-1, l.openTransaction(ctx, key), held, key.Topic, key.Partition, stable)}}
}

// openTransaction names the open transaction at the last stable offset of a
// partition.
func (l *log) openTransaction(ctx context.Context, key kafka.TopicPartition) string {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	var set kadm.TopicsSet
	set.Add(key.Topic, key.Partition)
	described, err := l.admin.DescribeProducers(ctx, set)
	p := described[key.Topic].Partitions[key.Partition]
	if err == nil {
		err = p.Err
	}
	if err != nil {
		return fmt.Sprintf("an open transaction, whose producer isn't known (%v)", err)
	}
	open := slices.DeleteFunc(p.ActiveProducers.Sorted(), func(d kadm.DescribedProducer) bool { return d.CurrentTxnStartOffset < 0 })
	if len(open) == 0 {
		return "an open transaction, which has no producer any more"
	}
	slices.SortFunc(open, func(a, b kadm.DescribedProducer) int { return int(a.CurrentTxnStartOffset - b.CurrentTxnStartOffset) })
	var producers []int64
	for _, d := range open {
		producers = append(producers, d.ProducerID)
	}
	listed, _ := l.admin.ListTransactions(ctx, producers, nil) // without it, producers are named by their numbers
	var names []string
	for _, d := range open {
		name := fmt.Sprintf("producer %d", d.ProducerID)
		for _, t := range listed {
			if t.ProducerID == d.ProducerID {
				name += fmt.Sprintf(" (transactional id %q)", t.TxnID)
			}
		}
		names = append(names, fmt.Sprintf("%s, which wrote last at %s", name, time.UnixMilli(d.LastTimestamp).UTC().Format(time.RFC3339)))
	}
	if len(names) == 1 {
		return "the open transaction of " + names[0]
	}
	return "the open transactions of " + strings.Join(names, " and of ")
}
