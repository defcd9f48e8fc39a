package kafka

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/internal/loopback"
	"github.com/tallystream/tallystream/emulator/kafka/gate"
	"github.com/tallystream/tallystream/emulator/kafka/topicconfig"
)

// Broker is a running broker.
type Broker struct {
	cluster *kfake.Cluster
	gate    *gate.Gate
	client  *kgo.Client // of itself
	admin   *kadm.Client
	addr    string
	log     *slog.Logger

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
	g := gate.New(o.topicDefaults())
	cluster, err := kfake.NewCluster(append(o.clusterOpts(), kfake.ListenFn(g.Listen))...)
	if err != nil {
		return nil, startError(&o, err)
	}
	g.Serve(cluster)
	b := &Broker{cluster: cluster, gate: g, addr: cluster.ListenAddrs()[0], log: o.Logger, done: make(chan struct{})}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	if b.client, err = newClient(b.addr); err != nil {
		cluster.Close()
		return nil, startError(&o, err)
	}
	b.admin = kadm.NewClient(b.client)
	if err := b.createTopics(o.Topics); err != nil {
		b.client.Close()
		cluster.Close()
		return nil, err
	}
	ctx, b.stop = context.WithCancel(ctx)
	go b.run(ctx)
	return b, nil
}

// topicDefaults are the settings of topics that don't say, where they aren't Kafka's.
func (o *Options) topicDefaults() gate.Defaults {
	d := gate.Defaults{
		topicconfig.RetentionMs: "-1",
		// Elections that are made up, and tests, have times of their own.
		topicconfig.TimestampAfterMax: strconv.FormatInt(math.MaxInt64, 10),
	}
	if o.Retention > 0 {
		d[topicconfig.RetentionMs] = strconv.FormatInt(o.Retention.Milliseconds(), 10)
	}
	if o.RetentionBytes > 0 {
		d[topicconfig.RetentionBytes] = strconv.FormatInt(o.RetentionBytes, 10)
	}
	if o.MaxMessageBytes > 0 {
		d[topicconfig.MaxMessageBytes] = strconv.Itoa(o.MaxMessageBytes)
	}
	return d
}

// clusterOpts returns kfake's options for validated ones.
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
		"log.retention.ms":    "-1", // clean applies retention
		"log.retention.bytes": "-1",
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
	if inUse := loopback.ListenError("kafka", o.Addr, err); inUse != nil {
		return inUse
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("kafka: no permission to listen on %q or to write to %q: %w", o.Addr, o.Dir, err)
	}
	return fmt.Errorf("start kafka on %q with data directory %q: %w", o.Addr, o.Dir, err)
}

// createTopics creates the topics that don't exist yet. It asks the running cluster,
// because kfake ignores its own list of topics when it has loaded a data directory.
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

// run cleans logs, and closes the cluster when ctx is done. One goroutine does both,
// because a closed cluster never answers.
func (b *Broker) run(ctx context.Context) {
	defer close(b.done)
	defer b.cluster.Close()
	defer b.client.Close()
	tick := time.NewTicker(cleanInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := b.clean(ctx); err != nil && ctx.Err() == nil {
				b.log.Warn("kafka: logs can't be cleaned", "error", err)
			}
		}
	}
}

// Addr returns the host:port that clients bootstrap from.
func (b *Broker) Addr() string { return b.addr }

// Close stops the broker and, with a data directory, writes its state. It may be called
// more than once.
func (b *Broker) Close() error {
	b.stop()
	<-b.done
	return nil
}
