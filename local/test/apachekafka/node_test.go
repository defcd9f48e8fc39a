package apachekafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/sys/unix"

	"github.com/tallystream/tallystream/emulator/process"
)

const (
	jars      = "jars" // what make kafka fetches
	host      = "127.0.0.1"
	clusterID = "dGFsbHlzdHJlYW0gdGVzdA"
	// patience is with what takes seconds on an idle machine.
	patience = 5 * time.Minute
)

// java is the command line of a class of Kafka's.
func java(args ...string) []string {
	return append([]string{
		"java", "-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
		"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=*",
		"-cp", jars + "/*",
	}, args...)
}

// need skips a test if Kafka can't run on this machine.
func need(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("java"); err != nil {
		t.Skip("Java is missing: install a JRE of version 17 or later to test against Apache Kafka")
	}
	if found, _ := filepath.Glob(jars + "/kafka_*.jar"); len(found) == 0 {
		t.Skip("Apache Kafka isn't here: make kafka fetches it, by Maven")
	}
}

// cluster is Apache Kafka, of one node or more.
type cluster struct {
	t     testing.TB
	nodes []*node
	admin *kadm.Client // of everything, at the plain listener
}

// node is one process: broker and controller.
type node struct {
	dir     string         // of its log
	ports   map[string]int // that it listens on
	shown   map[string]int // that it tells clients of, where another stands before it
	classes string         // Java's option of the archive of classes

	process *process.Process // the last one; nil before the first
}

// listener is a listener besides the plain one.
type listener struct {
	protocol string            // SSL, SASL_PLAINTEXT or SASL_SSL
	settings map[string]string // below listener.name.<name>.
	delay    time.Duration     // that every packet takes, each way
}

// start starts a cluster that ends with the test.
func start(t testing.TB, nodes int, settings map[string]string, listeners map[string]listener) *cluster {
	t.Helper()
	need(t)
	c := &cluster{t: t}
	prepare(t)
	for range nodes {
		c.nodes = append(c.nodes, newNode(t, t.TempDir(), listeners))
	}
	c.configure(settings, listeners)
	t.Cleanup(func() {
		for _, n := range c.nodes {
			n.kill()
		}
	})
	for i, n := range c.nodes {
		if err := n.format(i + 1); err != nil {
			t.Fatal(err)
		}
		n.classes = "SharedArchiveFile=" + archive(prepared.dir)
		n.start(t)
	}
	client := c.client()
	c.admin = kadm.NewClient(client)
	c.await(nodes)
	return c
}

// newNode returns a node whose log is in a folder, with ports of its own.
func newNode(t testing.TB, dir string, listeners map[string]listener) *node {
	t.Helper()
	n := &node{dir: dir, ports: map[string]int{}, shown: map[string]int{}}
	for _, name := range append([]string{"CONTROLLER", "PLAIN"}, slices.Sorted(maps.Keys(listeners))...) {
		n.ports[name] = freePort(t)
		n.shown[name] = n.ports[name]
		if delay := listeners[name].delay; delay > 0 {
			n.shown[name] = far(t, n.ports[name], delay)
		}
	}
	return n
}

// configure writes the properties of all nodes.
func (c *cluster) configure(settings map[string]string, listeners map[string]listener) {
	c.t.Helper()
	var voters []string
	for i, n := range c.nodes {
		voters = append(voters, fmt.Sprintf("%d@%s:%d", i+1, host, n.ports["CONTROLLER"]))
	}
	for i, n := range c.nodes {
		n.configure(c.t, i+1, len(c.nodes), strings.Join(voters, ","), settings, listeners)
	}
}

// configure writes a node's properties.
func (n *node) configure(t testing.TB, id, nodes int, voters string, settings map[string]string, listeners map[string]listener) {
	t.Helper()
	var at, advertised, protocols []string
	for _, name := range slices.Sorted(maps.Keys(n.ports)) {
		address := fmt.Sprintf("%s://%s:%d", name, host, n.ports[name])
		at = append(at, address)
		protocol := "PLAINTEXT"
		if l, ok := listeners[name]; ok {
			protocol = l.protocol
		}
		if name != "CONTROLLER" {
			advertised = append(advertised, name+"://"+n.address(name))
		}
		protocols = append(protocols, name+":"+protocol)
	}
	properties := map[string]string{
		"process.roles":                            "broker,controller",
		"node.id":                                  fmt.Sprint(id),
		"controller.quorum.voters":                 voters,
		"controller.listener.names":                "CONTROLLER",
		"inter.broker.listener.name":               "PLAIN",
		"listeners":                                strings.Join(at, ","),
		"advertised.listeners":                     strings.Join(advertised, ","),
		"listener.security.protocol.map":           strings.Join(protocols, ","),
		"log.dirs":                                 n.dir + "/log",
		"offsets.topic.num.partitions":             "1",
		"offsets.topic.replication.factor":         fmt.Sprint(nodes),
		"transaction.state.log.num.partitions":     "1",
		"transaction.state.log.replication.factor": fmt.Sprint(nodes),
		"transaction.state.log.min.isr":            "1",
		"auto.create.topics.enable":                "false",
		"group.initial.rebalance.delay.ms":         "0",
		"broker.session.timeout.ms":                "3000",
		"broker.heartbeat.interval.ms":             "500",
		"log.cleaner.backoff.ms":                   "300",
		"log.cleaner.dedupe.buffer.size":           "4194304",
		"log.retention.check.interval.ms":          "500",
		"log.segment.delete.delay.ms":              "100",
		"num.network.threads":                      "2",
		"num.io.threads":                           "4",
		"background.threads":                       "2",
	}
	maps.Copy(properties, settings)
	for name, l := range listeners {
		for key, value := range l.settings {
			properties["listener.name."+strings.ToLower(name)+"."+key] = value
		}
	}
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		fmt.Fprintf(&text, "%s=%s\n", key, properties[key])
	}
	if err := os.WriteFile(n.properties(), []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (n *node) properties() string { return filepath.Join(n.dir, "server.properties") }
func (n *node) output() string     { return filepath.Join(n.dir, "output") }

// address is where a listener is.
func (n *node) address(listener string) string {
	return fmt.Sprintf("%s:%d", host, n.shown[listener])
}

// start starts the process of a node that is formatted.
func (n *node) start(t testing.TB) {
	t.Helper()
	out, err := os.OpenFile(n.output(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Error(err)
		return
	}
	defer out.Close() // the process has it too
	n.process, err = process.Start(process.Options{Args: java("-XX:"+n.classes, "kafka.Kafka", n.properties()), Output: out})
	if err != nil {
		t.Error(err)
	}
}

// kill ends a node as a loss of power does, and waits until it has ended.
func (n *node) kill() {
	if n.process != nil {
		n.process.Kill()
	}
}

// freeze takes the processor away from a node, and returns when none of its threads runs any
// more: on a busy machine a JVM still answers for a while after the signal was sent.
func (n *node) freeze(t testing.TB) {
	t.Helper()
	n.process.Pause()
	for {
		err := unix.Waitid(unix.P_PID, n.process.ID(), nil, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT, nil)
		if err == nil {
			return
		}
		if !errors.Is(err, unix.EINTR) {
			t.Fatal(err)
		}
	}
}

func (n *node) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := n.process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// await waits until so many brokers run, and every partition has a leader.
func (c *cluster) await(brokers int) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	c.until(ctx, "the brokers are there", func() error {
		for _, n := range c.nodes {
			select {
			case <-n.process.Ended():
				out, _ := os.ReadFile(n.output())
				c.t.Fatalf("node in %s has ended: %s", n.dir, out[max(0, len(out)-4000):])
			default:
			}
		}
		m, err := c.admin.Metadata(ctx)
		if err != nil {
			return err
		}
		if len(m.Brokers) != brokers {
			return fmt.Errorf("%d brokers of %d", len(m.Brokers), brokers)
		}
		for _, topic := range m.Topics {
			for _, p := range topic.Partitions {
				if p.Err != nil || p.Leader < 0 {
					return fmt.Errorf("%s[%d] has leader %d: %v", topic.Topic, p.Partition, p.Leader, p.Err)
				}
			}
		}
		return nil
	})
}

// until calls try again until it returns no error.
func (c *cluster) until(ctx context.Context, what string, try func() error) {
	c.t.Helper()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			for _, n := range c.nodes {
				out, _ := os.ReadFile(n.output())
				c.t.Logf("node in %s says: %s", n.dir, out[max(0, len(out)-4000):])
			}
			c.t.Fatalf("waited until %s: %v", what, errors.Join(err, context.Cause(ctx)))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// brokers are the addresses of a listener.
func (c *cluster) brokers(listener string) []string {
	var list []string
	for _, n := range c.nodes {
		list = append(list, n.address(listener))
	}
	return list
}

// client is a client of the plain listener, which may do everything.
func (c *cluster) client(opts ...kgo.Opt) *kgo.Client {
	c.t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(c.brokers("PLAIN")...),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.MetadataMinAge(100 * time.Millisecond),
		kgo.ProducerLinger(0),
	}, opts...)...)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(client.Close)
	return client
}

func freePort(t testing.TB) int {
	t.Helper()
	address, err := process.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(address)
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
