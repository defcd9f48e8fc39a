package kafka

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/tallystream/tallystream/emulator/internal/loopback"
	"github.com/tallystream/tallystream/emulator/kafka/topicconfig"
)

// DefaultPartitions is the partition count of topics that are created without one: by
// first use, or by a CreateTopics request that asks for -1.
const DefaultPartitions = 4

// DefaultMaxMessageBytes bounds one produced batch. It is the default of Apache Kafka's
// message.max.bytes: 1 MiB and the overhead of a batch.
const DefaultMaxMessageBytes = 1048588

// Options configures a Broker. The zero value is a broker in memory on a free
// port that creates topics on first use.
type Options struct {
	// Addr is the host:port to listen on. The host must be 127.0.0.1 (or
	// localhost, or empty); port 0, and an empty Addr, take a free port.
	Addr string

	// Topics are created at start, with their partition counts; a count
	// below 1 means Partitions. Topics that Dir already holds are kept as
	// they are.
	Topics map[string]int32

	// NoAutoCreate refuses topics that nobody has created. Without it a
	// topic is created when a client first asks for it.
	NoAutoCreate bool

	// Partitions is the partition count of topics created without one; 0
	// means DefaultPartitions.
	Partitions int32

	// Dir keeps topics, records and committed offsets on disk, so that they
	// are there after a restart. Empty keeps them in memory.
	Dir string

	// Retention drops records older than this from every topic that sets no
	// retention of its own; 0 keeps records for ever.
	Retention time.Duration

	// RetentionBytes bounds each partition's log, oldest batches first; 0 is
	// unbounded.
	RetentionBytes int64

	// MaxMessageBytes bounds one produced batch, after compression; 0 means
	// DefaultMaxMessageBytes.
	MaxMessageBytes int

	// Logger receives the broker's warnings and, at debug level, its
	// requests. Nil discards them.
	Logger *slog.Logger
}

// validate returns every problem at once.
func (o *Options) validate() error {
	var errs []error
	if _, err := o.port(); err != nil {
		errs = append(errs, err)
	}
	if o.Partitions < 0 {
		errs = append(errs, fmt.Errorf("partitions %d: must not be negative", o.Partitions))
	}
	if o.Retention < 0 {
		errs = append(errs, fmt.Errorf("retention %v: must not be negative", o.Retention))
	}
	if o.RetentionBytes < 0 {
		errs = append(errs, fmt.Errorf("retention of %d bytes: must not be negative", o.RetentionBytes))
	}
	if o.MaxMessageBytes < 0 {
		errs = append(errs, fmt.Errorf("max message bytes %d: must not be negative", o.MaxMessageBytes))
	}
	for topic := range o.Topics {
		if err := topicconfig.CheckName(topic); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// port returns the port of Addr, 0 for any.
func (o *Options) port() (int, error) {
	addr, err := loopback.Address(o.Addr)
	if err != nil {
		return 0, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("address %q: port %q isn't a number from 0 to 65535", o.Addr, port)
	}
	return int(n), nil
}
