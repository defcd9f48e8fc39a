package kafka

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tallystream/tallystream/emulator/internal/loopback"
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

// run applies retention, and closes the cluster when ctx is done. kfake applies retention
// by itself only to topics that set their own. One goroutine does both, because a closed
// cluster never answers.
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

// Close stops the broker and, with a data directory, writes its state. It may be called
// more than once.
func (b *Broker) Close() error {
	b.stop()
	<-b.done
	return nil
}
