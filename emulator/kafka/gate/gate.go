// Package gate stands between the connections of clients and a broker of kfake, and adds
// what Apache Kafka promises of a topic's settings: it refuses settings that wouldn't be
// honoured, holds those that decide about a record when it is produced, and describes all.
//
// The broker itself takes any setting, and acts on few. The gate reads the requests that
// matter here, may change them, and completes their answers; all others go through.
package gate

import (
	"net"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"
)

// Broker knows the topics; kfake's cluster is one.
type Broker interface {
	TopicInfo(topic string) *kfake.TopicInfo
	TopicIDInfo(id [16]byte) *kfake.TopicInfo
}

// Defaults are settings of topics that don't say, by their names, where they differ from
// Apache Kafka's.
type Defaults map[string]string

// Gate is what all connections of a broker share.
type Gate struct {
	defaults Defaults
	ready    chan struct{} // closed once broker is set
	broker   Broker

	mu      sync.RWMutex
	changes int // of topics, so far
	topics  map[topicKey]*Topic
}

// topicKey is how a request names a topic: by its name, or by its id.
type topicKey struct {
	name string
	id   [16]byte
}

// New returns a gate before a broker that Serve names.
func New(d Defaults) *Gate {
	return &Gate{defaults: d, ready: make(chan struct{}), topics: map[topicKey]*Topic{}}
}

// Serve lets requests through to a broker, those that wait first. It is called once.
func (g *Gate) Serve(b Broker) {
	g.broker = b
	close(g.ready)
}

// Listen is net.Listen with the gate before each connection.
func (g *Gate) Listen(network, address string) (net.Listener, error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	return listener{l, g}, nil
}

type listener struct {
	net.Listener
	gate *Gate
}

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newConn(c, l.gate), nil
}

// Topic returns what the settings of a topic say; nil if there is no such topic.
func (g *Gate) Topic(name string) *Topic { return g.topic(topicKey{name: name}) }

func (g *Gate) topic(key topicKey) *Topic {
	g.mu.RLock()
	t, changes := g.topics[key], g.changes
	g.mu.RUnlock()
	if t != nil {
		return t
	}
	var info *kfake.TopicInfo
	if key.name != "" {
		info = g.broker.TopicInfo(key.name)
	} else {
		info = g.broker.TopicIDInfo(key.id)
	}
	if info == nil {
		return nil
	}
	t = newTopic(g.defaults, info.Configs)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.changes == changes { // else what was read may be old
		g.topics[key] = t
	}
	return t
}

// changed forgets what was known of topics.
func (g *Gate) changed() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.changes++
	clear(g.topics)
}
