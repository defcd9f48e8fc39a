package torture

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"
)

// cluster is a Kafka whose brokers leave and join. Its methods are safe for
// concurrent use.
type cluster struct {
	*kfake.Cluster
	seeds []string // addresses that the bridge is given: those of the start

	mu    sync.Mutex
	nodes []node // that run, in the order of their ids
	gone  []node // that left, the last one last
	moves Moves
}

// node is a broker.
type node struct {
	id   int32
	port int
	seed bool // the bridge knows its address from the start
}

// newCluster wraps a Kafka that has just been started.
func newCluster(kafka *kfake.Cluster) *cluster {
	c := &cluster{Cluster: kafka, seeds: kafka.ListenAddrs()}
	for i, address := range c.seeds {
		_, port, _ := net.SplitHostPort(address) // it listens there
		n, _ := strconv.Atoi(port)
		c.nodes = append(c.nodes, node{int32(i), n, true})
	}
	return c
}

// Moves counts the changes of a Kafka in a trial.
type Moves struct {
	Partitions   int // a partition got another leader
	Coordinators int // the groups got other coordinators
	Left, Joined int // brokers
}

func (m Moves) String() string {
	return fmt.Sprintf("%d moves of partitions, %d of coordinators, %d brokers left, %d joined",
		m.Partitions, m.Coordinators, m.Left, m.Joined)
}

// Add adds up.
func (m *Moves) Add(n Moves) {
	m.Partitions += n.Partitions
	m.Coordinators += n.Coordinators
	m.Left += n.Left
	m.Joined += n.Joined
}

func (c *cluster) moved() Moves {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moves
}

// rehash gives the groups other coordinators.
func (c *cluster) rehash() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.RehashCoordinators()
	c.moves.Coordinators++
}

// move makes a broker, chosen by a number from 0 to 1, the leader of a partition.
func (c *cluster) move(topic string, partition int32, choice float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	to := c.nodes[int(choice*float64(len(c.nodes)))]
	if err := c.MoveTopicPartition(topic, partition, to.id); err == nil {
		c.moves.Partitions++
	}
}

// leave has a broker, chosen by a number from 0 to 1, leave with its connections.
// Others lead its partitions then. The last broker whose address the bridge knows
// stays: the bridge couldn't learn of the others without it.
func (c *cluster) leave(choice float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	seeds := 0
	for _, n := range c.nodes {
		if n.seed {
			seeds++
		}
	}
	at := int(choice * float64(len(c.nodes)))
	n := c.nodes[at]
	if n.seed && seeds == 1 || c.RemoveNode(n.id) != nil {
		return
	}
	c.nodes = slices.Delete(c.nodes, at, at+1)
	c.gone = append(c.gone, n)
	c.moves.Left++
}

// mostBrokers is how many there are at most.
const mostBrokers = 5

// join has the broker that left last come back to its address or, where none
// did, a new one come; partitions get leaders anew.
func (c *cluster) join() {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := node{id: -1} // the next one
	if last := len(c.gone) - 1; last >= 0 {
		n, c.gone = c.gone[last], c.gone[:last]
	} else if len(c.nodes) == mostBrokers {
		return
	}
	id, port, err := c.AddNode(n.id, n.port)
	if err != nil {
		return // its port was taken meanwhile: it stays away
	}
	c.nodes = append(c.nodes, node{id, port, n.seed})
	slices.SortFunc(c.nodes, func(a, b node) int { return int(a.id - b.id) })
	c.moves.Joined++
}
