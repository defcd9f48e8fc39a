package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tallystream/tallystream/shared/kafka"
)

// commitPeriodically commits until the returned function is called, which
// waits for a commit under way.
func (d *loop) commitPeriodically(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(commitInterval)
		defer ticker.Stop()
		said := "" // what was logged last
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			err := d.commit(ctx)
			if err == nil || ctx.Err() != nil {
				said = ""
				continue
			}
			if errors.Is(err, kerr.GroupAuthorizationFailed) {
				d.forbidden.Store(true)
				d.wake()
				return
			}
			// The last commit tells in the summary.
			if err.Error() != said {
				said = err.Error()
				d.log.WarnContext(ctx, "commit", slog.String("error", said))
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// closeCommitTimeout bounds the last commit where the process is about to end:
// with closeTimeout before it, in less than the ten seconds that it has.
const closeCommitTimeout = 3 * time.Second

// commitLast commits at the end of the drain, with some patience unless the
// caller has gone.
func (d *loop) commitLast(ctx context.Context) error {
	tries, timeout := 3, kafkaTimeout
	if d.isClosing() {
		timeout = closeCommitTimeout
	}
	if ctx.Err() != nil || d.forbidden.Load() {
		tries = 1
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	for ; ; tries-- {
		err := d.commit(ctx)
		if err == nil || tries == 1 || errors.Is(err, kerr.GroupAuthorizationFailed) {
			return err
		}
		select {
		case <-time.After(commitInterval):
		case <-ctx.Done():
			return err
		}
	}
}

// commit commits what was acknowledged since the last commit.
func (d *loop) commit(ctx context.Context) error {
	d.mu.Lock()
	due := map[kafka.TopicPartition]commit{}
	parts := make(map[kafka.TopicPartition]*partition, len(d.parts))
	for at, p := range d.parts {
		if m := p.reached(); m != p.saved && !p.refused {
			due[at], parts[at] = commit{mark: m, topicID: p.topicID, history: p.history, deleted: p.deleted}, p
		}
	}
	d.mu.Unlock()
	if len(due) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	err := d.offsets.save(ctx, due)
	var partial *partialCommit
	if err != nil && !errors.As(err, &partial) {
		return err
	}
	var left error
	for at, c := range due {
		switch {
		case partial == nil || partial.refused[at] == nil:
			parts[at].saved = c.mark
		case errors.Is(partial.refused[at], kerr.TopicAuthorizationFailed):
			parts[at].refused = true
			d.refuse(parts[at], partial.refused[at])
		default:
			left = err // a new partition that the coordinator hasn't heard of, or a topic that was deleted
		}
	}
	return left
}

// refuse notes a partition that can't be committed, and has it read no more.
func (d *loop) refuse(p *partition, err error) {
	p.give(&topicError{d.topicFails(p.Topic, err)})
	d.wake()
}

// topicError is what is wrong with all of a topic.
type topicError struct{ sentence string }

func (e *topicError) Error() string { return e.sentence }

// topicFails says why a topic can't be read, in the same words wherever it is
// found out.
func (d *loop) topicFails(topic string, err error) string {
	if errors.Is(err, kerr.TopicAuthorizationFailed) {
		err = kerr.TopicAuthorizationFailed
	}
	return fmt.Sprintf("topic %q can't be read: %v", topic, d.config.Kafka.Explain(err))
}
