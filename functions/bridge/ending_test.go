package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// begun is a partition that is read from its beginning.
func begun() *partition {
	p := newPartition(kafka.TopicPartition{Topic: "votes"}, "", 0)
	p.begin(kafkalog.Mark{Follows: -1, Epoch: -1})
	return p
}

// commitsFunc is asked for each commit.
type commitsFunc func() error

func (commitsFunc) Fetch(context.Context) (map[kafka.TopicPartition]kafkalog.Commit, error) {
	return nil, nil
}

func (f commitsFunc) Save(context.Context, map[kafka.TopicPartition]kafkalog.Commit) error {
	return f()
}

// The last commit is tried three times, with a second between: a partition may be
// too new for the group's coordinator.
func TestLastCommitHasPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refusals := lastCommits - 1
		c := newCommitter(Config{}, commitsFunc(func() error {
			if refusals == 0 {
				return nil
			}
			refusals--
			return errors.New("not yet")
		}), slog.New(slog.DiscardHandler), make(wake, 1))
		p := begun()
		c.add(map[kafka.TopicPartition]*partition{p.TopicPartition: p})
		c.start(t.Context())
		p.skip(1, 0)
		began := time.Now()
		if err := c.last(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 2*commitInterval {
			t.Errorf("the commits took %v, want %v between them together", took, 2*commitInterval)
		}
		if p.committed.mark.Next != 1 {
			t.Errorf("committed %+v", p.committed.mark)
		}
	})
}

// hanging acknowledges nothing.
type hanging struct{}

func (hanging) Publish(ctx context.Context, _ []byte, _ map[string]string) error {
	<-ctx.Done()
	return ctx.Err()
}

// Messages that aren't acknowledged are waited for, and for a shorter time once the
// bridge is closed, before or meanwhile.
func TestAwait(t *testing.T) {
	// The encoder, which all messages share, has a channel: it must not be one of a
	// bubble's.
	if _, _, err := recordbatch.Encode(&recordbatch.Batch{Records: make([]recordbatch.Record, 1)}); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		close time.Duration // after the end of the reading; negative is before
		want  time.Duration
		text  string
	}{
		"never closed":     {close: time.Hour, want: flushTimeout, text: "not acknowledged 15s after"},
		"closed before":    {close: -time.Second, want: closeTimeout, text: "not acknowledged 5s after"},
		"closed meanwhile": {close: time.Second, want: time.Second + closeTimeout, text: "not acknowledged 5s after"},
		"closed late":      {close: flushTimeout - time.Second, want: flushTimeout, text: "not acknowledged 15s after"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPublisher(hanging{}, 1<<20, make(wake, 1))
				p.start(t.Context())
				of := begun()
				batch := of.newBuilder()
				batch.Add(recordbatch.Record{Value: []byte("vote")})
				of.position, of.follows = 1, 0
				p.publish(of, waiting{batch: batch})

				closing := make(chan struct{})
				closer := time.AfterFunc(tt.close, func() { close(closing) })
				defer closer.Stop()
				if tt.close < 0 {
					<-closing
				}
				began := time.Now()
				p.await(flushTimeout, closing)
				if took := time.Since(began); took != tt.want {
					t.Errorf("waited %v, want %v", took, tt.want)
				}
				if err := of.err(); err == nil || !strings.Contains(err.Error(), tt.text) {
					t.Errorf("error %v, want %q", err, tt.text)
				}
				if m := of.reached(); m.Next != 0 {
					t.Errorf("reached %+v without an acknowledgement", m)
				}
			})
		})
	}
}

// A drain that ends before it has found its partitions hasn't caught up with them.
func TestClosedBeforePartitionsAreFound(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 7)
	asked := make(chan struct{})
	tell, goOn := sync.OnceFunc(func() { close(asked) }), make(chan struct{})
	b.ControlKey(kmsg.ListOffsets.Int16(), func(kmsg.Request) (kmsg.Response, error, bool) {
		tell()
		b.SleepControl(func() { <-goOn })
		return nil, net.ErrClosed, true
	})
	bridge := b.bridge(&topic{})
	done := make(chan drain.BridgeSummary)
	go func() { done <- bridge.Drain(t.Context(), catchUp) }()
	<-asked
	if err := bridge.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(goOn)
	if s := <-done; s.CaughtUp || s.Partitions != 0 {
		t.Errorf("summary = %+v", s)
	}
}

// Closing doesn't wait for a Kafka that doesn't answer.
func TestClosedBeforeKafkaAnswers(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	b := startBroker(t)
	bridge := b.bridge(&topic{}, func(c *Config) { c.Kafka.Brokers = []string{silent.Addr().String()} })
	done := make(chan drain.BridgeSummary, 1)
	go func() { done <- bridge.Drain(t.Context(), catchUp) }()
	conn, err := silent.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := bridge.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := <-done
	if len(s.Errors) != 1 || !strings.Contains(s.Errors[0], context.Canceled.Error()) || s.CaughtUp {
		t.Errorf("summary = %+v", s)
	}
}

// A bridge that is closed again and again in the middle of its work, mostly while the
// budget is used up, has committed exactly what has arrived: the next one repeats
// nothing and leaves nothing out.
func TestClosedAgainAndAgain(t *testing.T) {
	const partitions, each = 3, 1500
	b := startBroker(t, kfake.SeedTopics(partitions, "votes"), kfake.SeedTopics(1, "voters"))
	want := map[kafka.TopicPartition][]int64{}
	for p := range int32(partitions) {
		b.produce("votes", p, each)
		want[kafka.TopicPartition{Topic: "votes", Partition: p}] = upTo(each)
	}
	pubsub := &topic{}
	for round := 1; ; round++ {
		left := atomic.Int64{}
		left.Store(int64(7 * round))
		enough, goOn := make(chan struct{}), make(chan struct{})
		pubsub.before = func(context.Context, *recordbatch.Batch) error {
			if left.Add(-1) == 0 {
				close(enough)
			}
			if left.Load() <= 0 {
				<-goOn // so that the budget is used up when the bridge is closed
			}
			return nil
		}
		bridge := b.bridge(pubsub, func(c *Config) { c.InflightBytes, c.BatchRecords = 4<<10, 9 })
		done := make(chan drain.BridgeSummary, 1)
		go func() { done <- bridge.Drain(t.Context(), catchUp) }()
		closed := make(chan error, 1)
		var s drain.BridgeSummary
		select {
		case s = <-done:
			close(goOn)
			closed <- nil
		case <-enough:
			go func() { closed <- bridge.Close(t.Context()) }()
			<-bridge.drains.Closing()
			close(goOn)
			s = <-done
		}
		if err := <-closed; err != nil {
			t.Fatal(err)
		}
		clean(t, s)
		arrived := pubsub.offsets()
		for at, m := range b.committed() {
			same(t, fmt.Sprintf("round %d: offsets of %s below %d", round, at, m.Next), upTo(int(m.Next)), append([]int64{}, arrived[at]...))
		}
		if s.CaughtUp {
			break
		}
	}
	same(t, "offsets", want, pubsub.offsets())
}
