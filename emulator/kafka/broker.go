package kafka

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// retentionInterval is how often retention is applied when Options asks for it.
const retentionInterval = 10 * time.Second

// Broker is a running broker.
type Broker struct {
	cluster *kfake.Cluster
	addr    string

	stop context.CancelFunc
	done chan struct{} // closed once the cluster is
}

// Start starts a broker that serves until Close is called or ctx is done.
func Start(ctx context.Context, o Options) (*Broker, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("kafka options: %w", err)
	}
	cluster, err := kfake.NewCluster(o.clusterOpts()...)
	if err != nil {
		return nil, startError(&o, err)
	}
	ctx, stop := context.WithCancel(ctx)
	b := &Broker{cluster: cluster, addr: cluster.ListenAddrs()[0], stop: stop, done: make(chan struct{})}
	if err := b.createTopics(o.Topics); err != nil {
		cluster.Close()
		return nil, err
	}
	go b.run(ctx, o.Retention > 0 || o.RetentionBytes > 0)
	return b, nil
}

// clusterOpts translates validated options.
func (o *Options) clusterOpts() []kfake.Opt {
	port, _ := o.port()
	partitions := o.Partitions
	if partitions == 0 {
		partitions = DefaultPartitions
	}
	maxBytes := o.MaxMessageBytes
	if maxBytes == 0 {
		maxBytes = DefaultMaxMessageBytes
	}
	config := map[string]string{
		"message.max.bytes":   strconv.Itoa(maxBytes),
		"log.retention.ms":    "-1",
		"log.retention.bytes": "-1",
	}
	if o.Retention > 0 {
		config["log.retention.ms"] = strconv.FormatInt(o.Retention.Milliseconds(), 10)
	}
	if o.RetentionBytes > 0 {
		config["log.retention.bytes"] = strconv.FormatInt(o.RetentionBytes, 10)
	}
	opts := []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.Ports(port),
		kfake.ClusterID("local"),
		kfake.DefaultNumPartitions(int(partitions)),
		kfake.BrokerConfigs(config),
	}
	if !o.NoAutoCreate {
		opts = append(opts, kfake.AllowAutoTopicCreation())
	}
	if o.Dir != "" {
		opts = append(opts, kfake.DataDir(o.Dir))
	}
	if o.Logger != nil {
		opts = append(opts, kfake.WithLogger(logger{o.Logger}))
	}
	return opts
}

// startError says in one sentence what keeps the broker from starting.
func startError(o *Options, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("kafka: address %s is already in use; stop the other program or choose another port", o.Addr)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("kafka: no permission to listen on %q or to write to %q: %w", o.Addr, o.Dir, err)
	default:
		return fmt.Errorf("start kafka on %q with data directory %q: %w", o.Addr, o.Dir, err)
	}
}

// createTopics creates the topics that don't exist yet. It goes through the
// running cluster rather than kfake's seeds, which a loaded data directory
// turns off.
func (b *Broker) createTopics(topics map[string]int32) error {
	for topic, partitions := range topics {
		if b.cluster.TopicInfo(topic) != nil {
			continue
		}
		if partitions < 1 {
			partitions = -1 // the broker's default
		}
		if err := b.cluster.CreateTopic(topic, partitions, nil); err != nil {
			return fmt.Errorf("create topic %q with %d partitions: %w", topic, partitions, err)
		}
	}
	return nil
}

// run applies retention, which kfake does by itself only for topics that set
// their own, and closes the cluster when ctx is done. Both are done by one
// goroutine because a closed cluster never answers.
func (b *Broker) run(ctx context.Context, retention bool) {
	defer close(b.done)
	defer b.cluster.Close()
	tick := time.NewTicker(retentionInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if retention {
				b.cluster.ApplyRetention()
			}
		}
	}
}

// Addr returns the host:port that clients bootstrap from.
func (b *Broker) Addr() string { return b.addr }

// Close stops the broker and, with a data directory, writes its state. It is
// safe to call more than once.
func (b *Broker) Close() error {
	b.stop()
	<-b.done
	return nil
}

// logger passes kfake's log lines on to slog. kfake logs every request at its
// info level, which is our debug.
type logger struct{ *slog.Logger }

func (l logger) Logf(level kfake.LogLevel, format string, args ...any) {
	to := slog.LevelDebug
	switch level {
	case kfake.LogLevelNone:
		return
	case kfake.LogLevelError:
		to = slog.LevelError
	case kfake.LogLevelWarn:
		to = slog.LevelWarn
	}
	if ctx := context.Background(); l.Enabled(ctx, to) {
		l.Log(ctx, to, fmt.Sprintf(format, args...))
	}
}
