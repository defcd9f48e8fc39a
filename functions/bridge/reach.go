package bridge

import (
	"cmp"
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// reachPatiently makes sure that a broker answers, unless the bridge is closed. The first
// drain of a process has the patience of KAFKA_CONNECT_SECONDS: for an instance that has just
// started, connections into a VPC network may take a minute (Cloud Run's documentation,
// "Direct VPC egress", limitations). The error is the most telling of the brokers'.
func (d *loop) reachPatiently(ctx context.Context, client *kgo.Client) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer afterClose(d.closing, cancel)()
	patience := cmp.Or(d.config.Connect, kafkaTimeout)
	if d.reached.Load() {
		patience = min(patience, kafkaTimeout)
	}
	err := patiently(ctx, patience, func(ctx context.Context) error { return reach(ctx, client) })
	if err == nil {
		d.reached.Store(true)
	}
	return err
}

// patiently tries to reach something until it succeeds, until it fails for a reason that
// time alone doesn't mend, or until the patience is over. One try has kafkaTimeout at most.
func patiently(ctx context.Context, patience time.Duration, reach func(context.Context) error) error {
	whole, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		try, cancel := context.WithTimeout(whole, kafkaTimeout)
		err := reach(try)
		cancel()
		if err == nil || !passes(err) {
			return err
		}
		select {
		case <-whole.Done():
			return err
		case <-time.After(betweenReaches):
		}
	}
}

// passes reports whether an error may be one of a network that isn't there yet. A host
// that isn't known, a port that nobody listens to, and a broker that says no are none.
func passes(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout() ||
		errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH)
}

// reach asks all brokers at once, because one that hangs mustn't keep the others from
// answering. The error is the most telling of theirs.
func reach(ctx context.Context, client *kgo.Client) error {
	seeds := client.SeedBrokers()
	answers := make(chan error, len(seeds))
	for _, seed := range seeds {
		go func() {
			request := kmsg.NewPtrMetadataRequest()
			request.Topics = []kmsg.MetadataRequestTopic{}
			_, err := seed.Request(ctx, request)
			answers <- err
		}()
	}
	var first error
	for range seeds {
		err := <-answers
		if err == nil {
			return nil
		}
		if first == nil || errors.Is(first, context.DeadlineExceeded) {
			first = err
		}
	}
	return first
}
