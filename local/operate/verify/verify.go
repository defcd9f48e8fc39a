package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/sync/errgroup"

	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/shared/kafka"
)

// A Verifier audits one deployment.
type Verifier struct {
	Tables query.Warehouse

	// Kafka reaches the brokers; Topics are those that are counted. Without
	// topics Kafka isn't asked, and only the tables are compared.
	Kafka  []kgo.Opt
	Topics []string

	// Explain turns an error of Kafka into a sentence with its cause; may be nil.
	Explain func(error) error

	// DeadLetters lists the dead letters; nil if they can't be read.
	DeadLetters func(context.Context) ([]DeadLetter, error)

	// Patience is how long records that Kafka holds at the start may take to be
	// counted. Records that come later are no difference.
	Patience time.Duration

	// AcceptDeleted says that records which Kafka deleted before they were read are
	// no difference: the topic is older than the count.
	AcceptDeleted bool

	stall time.Duration // of a broker, after which a partition is given up; 0 is defaultStall
}

// A DeadLetter is a message of the dead letters, by the offsets that it carries.
// Topic is empty where it carries none.
type DeadLetter struct {
	ID string
	kafka.TopicPartition
	First   int64
	Last    int64
	Records int64
}

// parallel is how many queries run at once.
const parallel = 4

// Verify audits the deployment. What is wrong with the count is in the report; an
// error says that something couldn't be read.
func (v *Verifier) Verify(ctx context.Context) (*Report, error) {
	report, err := v.audit(ctx)
	if err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAudited, err)
	}
	return report, err
}

func (v *Verifier) audit(ctx context.Context) (*Report, error) {
	log, err := openLog(ctx, v.Kafka, v.Topics, v.Explain)
	if err != nil {
		return nil, err
	}
	defer log.close()
	log.stall = cmp.Or(v.stall, defaultStall)
	if err := v.await(ctx, log); err != nil {
		return nil, err
	}
	report := &Report{Tables: len(checks)}
	if v.DeadLetters != nil {
		if report.DeadLetters, err = v.DeadLetters(ctx); err != nil {
			return nil, fmt.Errorf("look at the dead letters: %w", err)
		}
		report.deadLettersRead = true
	}
	if err := v.partitions(ctx, log, report); err != nil {
		return nil, err
	}
	findings, err := v.compare(ctx)
	if err != nil {
		return nil, err
	}
	report.Findings = append(report.Findings, findings...)
	return report, nil
}

// compare runs the checks of all tables, and the rules. Each is one statement, which
// reads all tables at one moment, so that they may change meanwhile.
func (v *Verifier) compare(ctx context.Context) ([]Finding, error) {
	found := make([][]Finding, len(checks)+len(rules))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i, c := range checks {
		g.Go(func() (err error) {
			found[i], err = c.run(ctx, v.Tables)
			return err
		})
	}
	for i, r := range rules {
		g.Go(func() (err error) {
			found[len(checks)+i], err = r.run(ctx, v.Tables)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var all []Finding
	for _, f := range found {
		all = append(all, f...)
	}
	return all, nil
}

// await waits until everything that Kafka held at the start is settled, or until
// patience is over.
func (v *Verifier) await(ctx context.Context, log *log) error {
	deadline := time.Now().Add(v.Patience)
	for {
		next, err := v.settled(ctx)
		if err != nil {
			return err
		}
		waiting, err := log.waiting(ctx, next)
		if err != nil || !waiting || !time.Now().Before(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(time.Second, v.Patience/4+time.Millisecond)):
		}
	}
}

// waiting reports whether Kafka holds a record that isn't settled, or records
// behind an open transaction.
func (l *log) waiting(ctx context.Context, next map[kafka.TopicPartition]int64) (bool, error) {
	if err := l.refresh(ctx); err != nil {
		return false, err
	}
	for _, key := range l.keys() {
		e := l.extents[key]
		switch {
		case l.gaveUp(key):
			continue
		case e.stable < e.end:
			return true, nil
		}
		any := false
		reached, err := l.read(ctx, key, max(next[key], e.first), e.end, kgo.ReadCommitted(), func(r *kgo.Record) bool {
			any = !r.Attrs.IsControl()
			return !any
		})
		if any {
			return true, nil
		}
		if errors.As(err, new(*unreadable)) {
			l.giveUp(Unread{TopicPartition: key, From: reached, End: e.end, Cause: err.Error()})
		} else if err != nil && !errors.As(err, new(*logCut)) {
			return false, err
		}
	}
	return false, nil
}

// settled are the settled offsets by partition. Of several incarnations it is that
// of the newest.
func (v *Verifier) settled(ctx context.Context) (map[kafka.TopicPartition]int64, error) {
	rows, err := read[struct {
		kafka.TopicPartition
		NextOffset int64 `bigquery:"next_offset"`
	}](ctx, v.Tables, "settled", nil)
	if err != nil {
		return nil, fmt.Errorf("read the settled offsets: %w", err)
	}
	next, epochs := map[kafka.TopicPartition]int64{}, map[kafka.TopicPartition]int64{}
	for _, r := range rows {
		base := r.Base()
		if epoch, known := epochs[base]; !known || r.Epoch() > epoch {
			next[base], epochs[base] = r.NextOffset, r.Epoch()
		}
	}
	return next, nil
}
