package bridge

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
)

// discoverer finds the partitions to read, and where to begin, again and again. It
// works beside the reading: a broker that is down can take its time to say so.
type discoverer struct {
	config  Config
	request drain.BridgeRequest
	admin   *kadm.Client
	commits kafkalog.Commits

	cancel  context.CancelFunc
	results chan *found
	news    wake          // is woken for each result
	done    chan struct{} // closed when the finding has ended

	known map[kafka.TopicPartition]bool // partitions that were found; the goroutine's
	asked bool                          // whether a result was taken; the loop's
}

// found is what was found at a time.
type found struct {
	err        error                               // why nothing was
	parts      map[kafka.TopicPartition]*partition // not found before
	missing    []string                            // topics that don't exist
	partitions map[string]int32                    // how many each topic has
	complete   bool                                // whether all topics and partitions were found out
	transient  bool                                // whether more may be found the next time
	recent     bool                                // whether parts have a record of late, or may have
	warnings   []string
	errors     []string
}

func (f *found) fail(format string, args ...any) {
	f.errors = note(f.errors, format, args...)
	f.complete = false
}

// discover starts to find partitions, at once.
func (d *loop) discover(ctx context.Context) *discoverer {
	ctx, cancel := context.WithCancel(ctx)
	r := &discoverer{
		config: d.config, request: d.request, admin: d.admin, commits: d.committer.commits,
		cancel: cancel, results: make(chan *found, 1), news: d.interrupt, done: make(chan struct{}),
		known: map[kafka.TopicPartition]bool{},
	}
	go r.run(ctx)
	return r
}

// stop ends the finding and waits until it has ended.
func (d *discoverer) stop() {
	d.cancel()
	<-d.done
}

// found returns what was found since the last call, or nil.
func (d *discoverer) found() *found {
	select {
	case f := <-d.results:
		d.asked = true
		return f
	default:
		return nil
	}
}

func (d *discoverer) run(ctx context.Context) {
	defer close(d.done)
	for {
		f := d.find(ctx)
		if ctx.Err() != nil {
			return
		}
		pause := discoverIntervalMissing
		if f.err == nil && f.complete {
			pause = discoverInterval
		}
		for at := range f.parts {
			d.known[at] = true
		}
		select {
		case d.results <- f:
			d.news.up()
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}
