package pyspark

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/process"
)

// Broker is one node of Apache Kafka, in KRaft mode.
type Broker struct {
	process *process.Process
	address string
}

// properties are a node's settings. They name its directory, its own address and its
// controller's.
const properties = `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@%[3]s
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://%[2]s,CONTROLLER://%[3]s
log.dirs=%[1]s/log
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
`

// brokerPatience is how long a broker may take to its first answer on a busy machine.
const brokerPatience = 2 * time.Minute

// StartBroker starts a broker with an empty log from a folder of Kafka's jars. The log and
// the output are in dir, which must be there.
func StartBroker(ctx context.Context, jars, dir string) (*Broker, error) {
	if found, _ := filepath.Glob(filepath.Join(jars, "kafka_*.jar")); len(found) == 0 {
		return nil, fmt.Errorf("no Apache Kafka in %s: make kafka fetches it, by Maven", jars)
	}
	address, err := process.FreeAddress()
	if err != nil {
		return nil, err
	}
	controller, err := process.FreeAddress()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "server.properties")
	if err := os.WriteFile(file, fmt.Appendf(nil, properties, dir, address, controller), 0o600); err != nil {
		return nil, err
	}
	java := func(args ...string) []string {
		return append([]string{"java", "-Xmx512m", "-cp", filepath.Join(jars, "*")}, args...)
	}
	format := java("kafka.tools.StorageTool", "format", "--cluster-id", "dGFsbHlzdHJlYW0gYmVuY2g", "--config", file)
	if out, err := exec.CommandContext(ctx, format[0], format[1:]...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("format Kafka's log: %w: %s", err, out)
	}
	out, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		return nil, err
	}
	defer out.Close() // the process has it too
	// Kafka doesn't look at its standard input, by whose end it would notice that this
	// process has ended.
	started, err := process.Start(process.Options{Args: java("kafka.Kafka", file), Output: out, Pausable: true})
	if err != nil {
		return nil, fmt.Errorf("start Apache Kafka: %w", err)
	}
	b := &Broker{process: started, address: address}
	if err := b.await(ctx); err != nil {
		b.Close()
		said, _ := os.ReadFile(out.Name())
		return nil, fmt.Errorf("start Apache Kafka: %w: %s", err, said[max(0, len(said)-4000):])
	}
	return b, nil
}

// await waits until the broker answers.
func (b *Broker) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, brokerPatience)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.address))
	if err != nil {
		return err
	}
	defer client.Close()
	for {
		err := client.Ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-b.process.Ended():
			return fmt.Errorf("it ended: %s", b.process.End())
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Address is where the broker listens, as host:port.
func (b *Broker) Address() string { return b.address }

// Close ends the broker at once. Its log is of no use to anyone afterwards.
func (b *Broker) Close() { b.process.Kill() }
