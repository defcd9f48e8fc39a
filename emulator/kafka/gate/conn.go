package gate

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// maxRequestBytes bounds a request, as Kafka's socket.request.max.bytes does.
const maxRequestBytes = 100 << 20

// keptBytes is the largest request whose room a connection keeps for the next one.
const keptBytes = 4 << 20

// conn is the connection of a client as the broker sees it. The broker reads whole
// requests one after another, and writes whole answers.
type conn struct {
	net.Conn
	gate *Gate

	in   *bufio.Reader
	out  []byte // what is left of a request that was read whole
	pass int    // bytes that are left of one that goes through as it comes
	room []byte // for the next request that is read whole

	mu      sync.Mutex
	waiting map[int32]waiting // for answers, by correlation id
}

// waiting is a request whose answer the gate completes.
type waiting struct {
	request  kmsg.Request
	complete completion
}

// completion completes the answer to a request; false leaves it as it is.
type completion func(kmsg.Response) bool

func newConn(c net.Conn, g *Gate) *conn {
	return &conn{Conn: c, gate: g, in: bufio.NewReader(c), waiting: map[int32]waiting{}}
}

// Read reads requests as the gate lets them through.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.out) == 0 && c.pass == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	if len(c.out) > 0 {
		n := copy(p, c.out)
		c.out = c.out[n:]
		return n, nil
	}
	n, err := c.in.Read(p[:min(len(p), c.pass)])
	c.pass -= n
	return n, err
}

// next begins the next request. Before its size it has four bytes that say its length.
func (c *conn) next() error {
	head, err := c.in.Peek(8)
	if err != nil {
		if err == io.EOF && len(head) > 0 {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	size := int(binary.BigEndian.Uint32(head))
	key := int16(binary.BigEndian.Uint16(head[4:]))
	if size < 8 || size > maxRequestBytes {
		return fmt.Errorf("a request of %d bytes: want 8 to %d", size, maxRequestBytes)
	}
	if kmsg.RequestForKey(key) == nil {
		return fmt.Errorf("a request of key %d: Kafka has none", key)
	}
	handle, ok := handlers[key]
	if !ok {
		c.pass = 4 + size
		return nil
	}
	frame := c.frame(4 + size)
	if _, err := io.ReadFull(c.in, frame); err != nil {
		return err
	}
	c.out, err = c.handle(frame, handle)
	return err
}

// frame returns room for a request, which the one before it no longer needs.
func (c *conn) frame(size int) []byte {
	if size > cap(c.room) {
		if size > keptBytes {
			return make([]byte, size)
		}
		c.room = make([]byte, size)
	}
	return c.room[:size]
}

// handle returns a request as the broker shall read it.
func (c *conn) handle(frame []byte, handle handler) ([]byte, error) {
	reader := kbin.Reader{Src: frame[4:]}
	request := kmsg.RequestForKey(reader.Int16())
	version := reader.Int16()
	correlation := reader.Int32()
	reader.NullableString() // the client's name
	request.SetVersion(version)
	if request.IsFlexible() {
		kmsg.SkipTags(&reader)
	}
	header := len(frame) - len(reader.Src)
	if version > request.MaxVersion() || reader.Complete() != nil || request.ReadFrom(reader.Src) != nil {
		return frame, nil // the broker refuses it
	}
	<-c.gate.ready
	changed, complete, err := handle(c.gate, request)
	if err != nil {
		return nil, err
	}
	if complete != nil {
		c.mu.Lock()
		c.waiting[correlation] = waiting{request, complete}
		c.mu.Unlock()
	}
	if !changed {
		return frame, nil
	}
	out := request.AppendTo(append([]byte(nil), frame[:header]...))
	binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	return out, nil
}

// Write writes an answer, completed. Before its correlation id it has its length.
func (c *conn) Write(answer []byte) (int, error) {
	if len(answer) < 8 {
		return c.Conn.Write(answer)
	}
	correlation := int32(binary.BigEndian.Uint32(answer[4:]))
	c.mu.Lock()
	w, ok := c.waiting[correlation]
	delete(c.waiting, correlation)
	c.mu.Unlock()
	if !ok {
		return c.Conn.Write(answer)
	}
	response := w.request.ResponseKind()
	header := 8
	if response.IsFlexible() {
		header++ // tags, of which the broker sends none
	}
	if len(answer) < header {
		return 0, fmt.Errorf("the broker's answer to a request of key %d has %d bytes", response.Key(), len(answer))
	}
	if err := response.ReadFrom(answer[header:]); err != nil {
		return 0, fmt.Errorf("the broker's answer to a request of key %d: %w", response.Key(), err)
	}
	out := answer
	if w.complete(response) {
		out = response.AppendTo(append([]byte(nil), answer[:header]...))
		binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	}
	if _, err := c.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(answer), nil
}
