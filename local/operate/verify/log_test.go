package verify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	emulator "github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/shared/kafka"
)

// startKafka returns what reaches a broker with the topic votes.
func startKafka(t *testing.T, o emulator.Options) (*emulator.Broker, []kgo.Opt) {
	t.Helper()
	o.Topics = map[string]int32{"votes": 1}
	broker, err := emulator.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	return broker, []kgo.Opt{kgo.SeedBrokers(broker.Addr())}
}

// open asks for the log, and names its one partition.
func open(t *testing.T, options []kgo.Opt) (*log, kafka.TopicPartition) {
	t.Helper()
	l, err := openLog(t.Context(), options, []string{"votes"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l, l.keys()[0]
}

// produce ends a transaction with n records.
func produce(t *testing.T, options []kgo.Opt, commit kgo.TransactionEndTry, n int) {
	t.Helper()
	client := begin(t, options, "test", n)
	defer client.Close()
	if err := client.EndTransaction(context.WithoutCancel(t.Context()), commit); err != nil {
		t.Fatal(err)
	}
}

// begin leaves a transaction with n records open.
func begin(t *testing.T, options []kgo.Opt, id string, n int) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(append(options[:len(options):len(options)], kgo.TransactionalID(id))...)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	send(t, client, n)
	return client
}

// plain sends n records outside of any transaction.
func plain(t *testing.T, options []kgo.Opt, n int) {
	t.Helper()
	client, err := kgo.NewClient(options...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	send(t, client, n)
}

func send(t *testing.T, client *kgo.Client, n int) {
	t.Helper()
	for i := range n {
		r := kgo.StringRecord(fmt.Sprint("record ", i))
		r.Topic = "votes"
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// kept are a partition's records as raw would have them.
func kept(t *testing.T, l *log, key kafka.TopicPartition) []recordTime {
	t.Helper()
	var records []recordTime
	end := l.extents[key].readable()
	reached, err := l.read(t.Context(), key, l.extents[key].first, end, kgo.ReadCommitted(), func(r *kgo.Record) bool {
		if !r.Attrs.IsControl() {
			records = append(records, recordTime{r.Offset, clamped(r.Timestamp.UnixMilli())})
		}
		return true
	})
	if err != nil || reached != end {
		t.Fatalf("read to offset %d of %d: %v", reached, end, err)
	}
	return records
}

// against compares a log with raw's records of each incarnation.
func against(t *testing.T, l *log, key kafka.TopicPartition, raw map[kafka.TopicPartition][]recordTime) *audit {
	t.Helper()
	b := &stored{rows: map[kafka.TopicPartition]partitionRow{}, blocks: map[kafka.TopicPartition]map[int64]block{}}
	for k, records := range raw {
		b.blocks[k] = map[int64]block{}
		for _, p := range records {
			sum := b.blocks[k][p.Offset/blockSize]
			sum.add(p)
			b.blocks[k][p.Offset/blockSize] = sum
		}
		b.rows[k] = partitionRow{TopicPartition: k, FirstOffset: records[0].Offset, LastOffset: records[len(records)-1].Offset, Records: int64(len(records))}
	}
	a := &audit{log: l, stored: b, key: key, rows: func(_ context.Context, k kafka.TopicPartition, from, end int64) (held []recordTime, _ error) {
		for _, p := range raw[k] {
			if p.Offset >= from && p.Offset < end {
				held = append(held, p)
			}
		}
		return held, nil
	}}
	if err := a.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

func texts(findings []Finding) (all []string) {
	for _, f := range findings {
		all = append(all, f.Text)
	}
	return all
}

// found checks that exactly these findings are made, each by a part of its text.
func (a *audit) found(t *testing.T, want ...string) {
	t.Helper()
	got := texts(a.findings)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !strings.Contains(got[i], want[i]) {
			t.Fatalf("findings\n  %s\nwant parts of each\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	}
}

// Offsets are records, markers of transactions, or empty.
func TestLogTellsRecordsFromGaps(t *testing.T) {
	_, options := startKafka(t, emulator.Options{})
	// Offsets: 0 and 1 records, 2 marker; 3 and 4 aborted, 5 marker; 6 record, 7 marker.
	produce(t, options, kgo.TryCommit, 2)
	produce(t, options, kgo.TryAbort, 2)
	produce(t, options, kgo.TryCommit, 1)
	l, key := open(t, options)
	if got := *l.extents[key]; got != (extent{0, 8, 8}) {
		t.Errorf("the partition reaches %v, want from 0 to before 8", got)
	}
	raw := kept(t, l, key)
	a := against(t, l, key, map[kafka.TopicPartition][]recordTime{key: raw})
	a.found(t)
	p := a.partitions[0]
	if p.Markers != 3 || p.Empty != 2 || p.Missing != 0 || p.Gaps != 5 || p.ReadTo != 8 {
		t.Errorf("gaps %+v, want 3 markers and 2 empty offsets", p)
	}
	against(t, l, key, map[kafka.TopicPartition][]recordTime{key: {raw[0], raw[2]}}).found(t, "1 records that Kafka holds are missing between offsets 1 and 1: [1]")
	against(t, l, key, nil).found(t, "none of the 3 records that Kafka holds, from offset 0 on, is in the tables")
	aborted := recordTime{Offset: 3, Millis: raw[0].Millis}
	against(t, l, key, map[kafka.TopicPartition][]recordTime{key: {raw[0], raw[1], aborted, raw[2]}}).found(t, "raw has 1 records between offsets 3 and 3 where Kafka holds none: [3]")

	for from, want := range map[int64]bool{0: true, 6: true, 7: false, 8: false} {
		got, err := l.waiting(t.Context(), map[kafka.TopicPartition]int64{key: from})
		if err != nil || got != want {
			t.Errorf("records from offset %d on: %v (%v), want %v", from, got, err, want)
		}
	}
}

// Missing records are found in every block, and each run of them is named.
func TestMissingRuns(t *testing.T) {
	_, options := startKafka(t, emulator.Options{})
	client, err := kgo.NewClient(options...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var records []*kgo.Record
	for range 3*blockSize - 10 {
		records = append(records, &kgo.Record{Topic: "votes", Value: []byte("{}")})
	}
	if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	l, key := open(t, options)
	all := kept(t, l, key)
	against(t, l, key, map[kafka.TopicPartition][]recordTime{key: all}).found(t)
	var raw []recordTime
	for _, p := range all {
		switch {
		case p.Offset >= 4 && p.Offset < 12, p.Offset >= blockSize-1 && p.Offset <= 2*blockSize, p.Offset == int64(len(all)-1):
		default:
			raw = append(raw, p)
		}
	}
	a := against(t, l, key, map[kafka.TopicPartition][]recordTime{key: raw})
	a.found(t, "8 records that Kafka holds are missing between offsets 4 and 11: [4 5 6 7 8] and more",
		fmt.Sprintf("%d records that Kafka holds are missing between offsets %d and %d", blockSize+2, blockSize-1, 2*blockSize),
		fmt.Sprintf("1 records that Kafka holds are missing between offsets %d and", len(all)-1))
	if p := a.partitions[0]; p.Missing != blockSize+11 {
		t.Errorf("%d records are missing, want %d", p.Missing, blockSize+11)
	}
}

// Records behind an open transaction aren't counted. An audit says so, and whose
// transaction it is. When it has ended, they are audited.
func TestOpenTransaction(t *testing.T) {
	_, options := startKafka(t, emulator.Options{})
	plain(t, options, 2)
	client := begin(t, options, "dies", 1)
	defer client.Close()
	plain(t, options, 10)
	l, key := open(t, options)
	if got := *l.extents[key]; got != (extent{0, 2, 13}) {
		t.Fatalf("the partition reaches %v, want from 0 over 2 to 13", got)
	}
	if waiting, err := l.waiting(t.Context(), map[kafka.TopicPartition]int64{key: 2}); err != nil || !waiting {
		t.Errorf("what lies behind a transaction isn't waited for: %v", err)
	}
	raw := kept(t, l, key)
	a := against(t, l, key, map[kafka.TopicPartition][]recordTime{key: raw})
	a.found(t, "votes[0]: offsets 2 to 12 lie behind the open transaction of producer ")
	for _, want := range []string{`(transactional id "dies")`, "11 records, from the last stable offset", "abort --topic votes --partition 0 --start-offset 2"} {
		if !strings.Contains(a.findings[0].Text, want) {
			t.Errorf("the finding doesn't say %q: %s", want, a.findings[0].Text)
		}
	}
	if p := a.partitions[0]; p.ReadTo != 2 || p.KafkaStable != 2 || p.KafkaEnd != 13 || p.Behind != 11 {
		t.Errorf("partition %+v, want read to 2 of 13", p)
	}

	if err := client.EndTransaction(t.Context(), kgo.TryAbort); err != nil {
		t.Fatal(err)
	}
	if waiting, err := l.waiting(t.Context(), map[kafka.TopicPartition]int64{key: 2}); err != nil || !waiting {
		t.Errorf("the records that the transaction let free aren't waited for: %v", err)
	}
	against(t, l, key, map[kafka.TopicPartition][]recordTime{key: raw}).found(t, "10 records that Kafka holds are missing between offsets 3 and 12")
}

// Records that were deleted before they were read are a difference, unless
// AcceptDeleted is set.
func TestDeletedUnread(t *testing.T) {
	_, options := startKafka(t, emulator.Options{})
	plain(t, options, 20)
	l, key := open(t, options)
	all := kept(t, l, key)
	client, err := kgo.NewClient(options...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := kadm.NewClient(client).DeleteRecords(t.Context(), kadm.Offsets{"votes": {0: {Topic: "votes", At: 12}}}); err != nil {
		t.Fatal(err)
	}
	l, key = open(t, options)
	before := func(first, last int) string {
		return fmt.Sprintf("votes[0]: offsets %d to %d were deleted on Kafka before they were read", first, last)
	}
	against(t, l, key, map[kafka.TopicPartition][]recordTime{key: all}).found(t) // all had been read
	against(t, l, key, map[kafka.TopicPartition][]recordTime{key: all[12:]}).found(t, before(0, 11))
	against(t, l, key, map[kafka.TopicPartition][]recordTime{key: all[:5]}).found(t, before(5, 11), "8 records that Kafka holds are missing")
	against(t, l, key, nil).found(t, before(0, 11), "none of the 8 records")

	p := Partition{TopicPartition: key}
	jump := []gapRow{{FromOffset: 3, EndOffset: 4, Jumped: true}}
	if got := p.gone(jump, false); len(got) != 1 {
		t.Errorf("an offset that was jumped over where nothing is transactional: %v, want one finding", got)
	}
	p.Markers = 1
	if got := p.gone(jump, false); len(got) != 0 {
		t.Errorf("an offset that was jumped over among transactions: %v, want none", got)
	}
	if got := p.gone([]gapRow{{FromOffset: 0, EndOffset: 7100, Jumped: true}}, true); len(got) != 0 {
		t.Errorf("what a person accepts: %v, want no finding", got)
	}
	if got := p.gone([]gapRow{{FromOffset: 3, EndOffset: 5}}, true); len(got) != 1 {
		t.Errorf("a gap that the bridge didn't see: %v, want one finding", got)
	}
}

// A broker that lost the end of its log writes other records at the same offsets.
func TestLogWrittenAnew(t *testing.T) {
	now, before := t.TempDir(), t.TempDir()
	broker, options := startKafka(t, emulator.Options{Dir: now})
	plain(t, options, 10)
	must(t, broker.Close())
	must(t, os.CopyFS(filepath.Join(before, "data"), os.DirFS(now)))
	broker, options = startKafka(t, emulator.Options{Dir: now})
	plain(t, options, 5)
	l, key := open(t, options)
	counted := kept(t, l, key)
	must(t, broker.Close())

	broker, options = startKafka(t, emulator.Options{Dir: filepath.Join(before, "data")})
	l, again := open(t, options)
	if again != key {
		t.Fatalf("the topic was made anew: %v, want %v", again, key)
	}
	cut := against(t, l, key, map[kafka.TopicPartition][]recordTime{key: counted})
	cut.found(t)
	if want := []string{"votes[0]: raw has records up to offset 14, and Kafka's log ends at 10: the broker lost its end; what was counted stays counted"}; !cmp.Equal(want, cut.notes) {
		t.Errorf("notes %q, want %q", cut.notes, want)
	}

	for i := range counted {
		counted[i].Millis -= int64(max(0, i-9)) * 1000 // so that the clock's step doesn't matter
	}
	plain(t, options, 8)
	l, key = open(t, options)
	against(t, l, key, map[kafka.TopicPartition][]recordTime{key: counted}).found(t,
		"3 records that Kafka holds are missing between offsets 15 and 17",
		"votes[0]: the record at offset 10 on Kafka isn't the one that was counted, and neither are 4 more up to offset 14: the log was cut and written anew")

	// Counted as a new incarnation of the partition nothing differs.
	anew := key
	anew.TopicID += "/7"
	held := kept(t, l, key)[10:]
	a := against(t, l, key, map[kafka.TopicPartition][]recordTime{key: counted, anew: held})
	a.found(t)
	if want := []string{"votes[0]: 5 records that were counted, from offset 10 on, aren't what the log holds there any more: it was cut, and written anew from leader epoch 7 on"}; !cmp.Equal(want, a.notes) {
		t.Errorf("notes %q, want %q", a.notes, want)
	}
	if p := a.partitions; len(p) != 2 || p[0].ReadTo != 10 || p[1].KafkaFirst != 10 || p[1].ReadTo != 18 {
		t.Errorf("partitions %+v, want 0 to 10 and 10 to 18", p)
	}
	against(t, l, key, map[kafka.TopicPartition][]recordTime{key: counted, anew: append(held[:2:2], held[3:]...)}).found(t,
		"votes[0] from leader epoch 7 on: 1 records that Kafka holds are missing between offsets 12 and 12")
	must(t, broker.Close())
}

// A topic that isn't there is named, with the setting.
func TestMissingTopic(t *testing.T) {
	_, options := startKafka(t, emulator.Options{NoAutoCreate: true})
	_, err := openLog(t.Context(), options, []string{"votes", "voters"}, nil)
	if err == nil || !strings.Contains(err.Error(), `topic "voters" can't be read`) || !strings.Contains(err.Error(), "KAFKA_TOPICS") {
		t.Errorf("a missing topic: %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestReportErr(t *testing.T) {
	unread := []Unread{{TopicPartition: kafka.TopicPartition{Topic: "votes", Partition: 2}, From: 7, End: 500, Cause: "the broker doesn't answer"}}
	r := &Report{Unread: unread}
	if err := r.Err(); r.OK() || !errors.Is(err, ErrNotAudited) {
		t.Errorf("a partition that wasn't read: %v", err)
	}
	if want := "votes[2] from offset 7 to its end, 500: the broker doesn't answer"; !strings.Contains(r.String(), want) {
		t.Errorf("the report doesn't say %q:\n%s", want, r)
	}
	r.Findings = []Finding{{Table: "core.t", Rows: 1, Text: "a row"}}
	if err := r.Err(); err == nil || errors.Is(err, ErrNotAudited) {
		t.Errorf("a difference beside a partition that wasn't read: %v", err)
	}
}
