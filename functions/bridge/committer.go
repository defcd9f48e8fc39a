package bridge

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/googleapis/gax-go/v2"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/kafka"
)

// committer commits, every second and at the end, up to where the messages of each
// partition are acknowledged without a gap.
type committer struct {
	config    Config
	commits   kafkalog.Commits
	log       *slog.Logger
	failed    wake        // is woken where there is no sense in reading on
	forbidden atomic.Bool // whether the group may not be committed to

	cancel context.CancelFunc
	done   chan struct{} // closed when the periodic commits have ended

	mu    sync.Mutex
	parts map[kafka.TopicPartition]*partition
}

func newCommitter(c Config, commits kafkalog.Commits, log *slog.Logger, failed wake) *committer {
	return &committer{
		config: c, commits: commits, log: log, failed: failed,
		done: make(chan struct{}), parts: map[kafka.TopicPartition]*partition{},
	}
}

// add has partitions committed from now on.
func (c *committer) add(parts map[kafka.TopicPartition]*partition) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.Copy(c.parts, parts)
}

// start commits periodically, until last is called or ctx ends.
func (c *committer) start(ctx context.Context) {
	ctx, c.cancel = context.WithCancel(ctx)
	go func() {
		defer close(c.done)
		ticker := time.NewTicker(commitInterval)
		defer ticker.Stop()
		said := "" // what was logged last
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			err := c.commit(ctx)
			if err == nil || ctx.Err() != nil {
				said = ""
				continue
			}
			if errors.Is(err, kerr.GroupAuthorizationFailed) {
				c.forbidden.Store(true)
				c.failed.up()
				return
			}
			// What the last commit meets is in the summary.
			if err.Error() != said {
				said = err.Error()
				c.log.WarnContext(ctx, "commit", slog.String("error", said))
			}
		}
	}()
}

// last ends the periodic commits and commits once more: with some patience, unless
// the caller has gone; in a short time where the bridge is closing.
func (c *committer) last(ctx context.Context, closing bool) error {
	c.cancel()
	<-c.done
	tries, timeout := lastCommits, kafkaTimeout
	if closing {
		timeout = closeCommitTimeout
	}
	if ctx.Err() != nil || c.forbidden.Load() {
		tries = 1
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	for ; ; tries-- {
		err := c.commit(ctx)
		if err == nil || tries == 1 || errors.Is(err, kerr.GroupAuthorizationFailed) || gax.Sleep(ctx, commitInterval) != nil {
			return err
		}
	}
}

// commit commits what was acknowledged since the last commit.
func (c *committer) commit(ctx context.Context) error {
	c.mu.Lock()
	parts := maps.Clone(c.parts)
	c.mu.Unlock()
	due := map[kafka.TopicPartition]kafkalog.Commit{}
	for at, p := range parts {
		m := p.reached()
		if m == p.committed.mark || p.committed.refused {
			continue
		}
		known := p.log.known() // after reached: the incarnation of what is reached is in its history
		due[at] = kafkalog.Commit{Mark: m, TopicID: p.topicID, History: known.history, Deleted: known.deleted}
	}
	if len(due) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	err := c.commits.Save(ctx, due)
	var partial *kafkalog.PartialError
	if err != nil && !errors.As(err, &partial) {
		return err
	}
	var left error
	for at, commit := range due {
		p := parts[at]
		switch {
		case partial == nil || partial.Refused[at] == nil:
			p.committed.mark = commit.Mark
		case errors.Is(partial.Refused[at], kerr.TopicAuthorizationFailed):
			p.committed.refused = true
			p.give(&topicError{topicFails(c.config, p.Topic, partial.Refused[at])})
			c.failed.up()
		default:
			left = err // a new partition that the coordinator hasn't heard of, or a topic that was deleted
		}
	}
	return left
}
