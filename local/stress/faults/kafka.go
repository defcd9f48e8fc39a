package faults

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// Listen returns a net.Listen for the broker (kfake.ListenFn), whose connections
// suffer the faults of the Kafka steps.
func (in *Injector) Listen(network, address string) (net.Listener, error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	return &listener{Listener: l, in: in}, nil
}

// listener is the listener of a broker. The connections end with the listener.
type listener struct {
	net.Listener
	in *Injector

	mu     sync.Mutex
	closed bool
	conns  []*kafkaConn
}

// Close ends the connections too.
func (l *listener) Close() error {
	err := l.Listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, c := range l.conns {
		_ = c.Close() // it may be closed
	}
	l.conns = nil
	return err
}

func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	r, w := io.Pipe()
	c := &kafkaConn{Conn: conn, in: l.in, requests: r, verdicts: map[int32][]verdict{}}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, errors.Join(net.ErrClosed, c.Close())
	}
	l.conns = append(l.conns, c)
	go c.pump(w)
	return c, nil
}

// kafkaOps are the requests that are steps, by their key in the protocol.
var kafkaOps = map[kmsg.Key]Op{
	kmsg.Metadata: Metadata, kmsg.ListOffsets: Offsets, kmsg.OffsetFetch: Committed,
	kmsg.Fetch: Fetch, kmsg.OffsetCommit: Commit,
}

// verdict says what happens to an answer.
type verdict int

const (
	pass    verdict = iota
	lose            // the connection is cut instead
	fatal           // the sender of the request is killed instead
	swallow         // it is left out, as the second answer to one request
)

// kafkaConn is the broker's side of a connection. The broker reads requests after
// the faults were applied to them. Faults are applied to the answers that it writes.
type kafkaConn struct {
	net.Conn
	in       *Injector
	requests *io.PipeReader

	mu       sync.Mutex
	verdicts map[int32][]verdict // by correlation id, in the order of the answers
}

func (c *kafkaConn) Read(b []byte) (int, error) { return c.requests.Read(b) }

func (c *kafkaConn) Close() error { return errors.Join(c.requests.Close(), c.Conn.Close()) }

// pump reads requests from the client, one at a time, and passes them on.
func (c *kafkaConn) pump(w *io.PipeWriter) {
	for {
		request, err := readFrame(c.Conn)
		if err == nil {
			err = c.request(w, request)
		}
		if err != nil {
			_ = w.CloseWithError(err) // never fails
			return
		}
	}
}

var errCut = errors.New("the connection was cut by a fault")

// request applies the fault of one request, which is passed on or not. An error
// ends the connection.
func (c *kafkaConn) request(w io.Writer, frame []byte) error {
	op, ok := kafkaOps[kmsg.Key(binary.BigEndian.Uint16(frame[4:]))]
	if !ok {
		return send(w, frame)
	}
	id := int32(binary.BigEndian.Uint32(frame[8:]))
	switch c.in.next(op) {
	case Refused:
		c.Conn.Close()
		return errCut
	case KillBefore:
		c.in.kill(op)
		c.Conn.Close()
		return errCut
	case AnswerLost:
		c.expect(id, lose)
	case KillAfter:
		c.expect(id, fatal)
	case Twice:
		c.expect(id, pass, swallow)
		if err := send(w, frame); err != nil {
			return err
		}
	case Late:
		return c.late(w, frame)
	}
	return send(w, frame)
}

// late passes a request on when the client has closed its side of the connection.
// If the client hasn't within Hold, the connection ends, with the requests that came
// after this one.
func (c *kafkaConn) late(w io.Writer, frame []byte) error {
	defer c.in.defers()()
	_ = c.Conn.SetReadDeadline(time.Now().Add(c.in.Hold)) // of a connection that is open
	_, err := io.Copy(io.Discard, c.Conn)
	if err := send(w, frame); err != nil {
		return err
	}
	if err == nil {
		err = io.EOF
	}
	// The broker reads the next request when it has handled the one before.
	return err
}

func (c *kafkaConn) expect(id int32, verdicts ...verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.verdicts[id] = verdicts
}

// Write is called with one whole answer of the broker.
func (c *kafkaConn) Write(answer []byte) (int, error) {
	v := c.verdict(answer)
	switch v {
	case swallow:
		return len(answer), nil
	case fatal:
		c.in.kill(Fetch) // any of the bridge's
		fallthrough
	case lose:
		c.Conn.Close()
		return 0, errCut
	}
	return c.Conn.Write(answer)
}

func (c *kafkaConn) verdict(answer []byte) verdict {
	if len(answer) < 8 {
		return pass
	}
	id := int32(binary.BigEndian.Uint32(answer[4:]))
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.verdicts[id]
	if len(list) == 0 {
		return pass
	}
	if c.verdicts[id] = list[1:]; len(list) == 1 {
		delete(c.verdicts, id)
	}
	return list[0]
}

// Frames of Kafka's protocol are a length of four bytes, then the key, version
// and correlation id of the request.
const (
	minFrame = 8
	maxFrame = 64 << 20
)

func readFrame(r io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n < minFrame || n > maxFrame {
		return nil, errors.New("not a frame of Kafka's protocol")
	}
	frame := make([]byte, 4+n)
	copy(frame, size[:])
	_, err := io.ReadFull(r, frame[4:])
	return frame, err
}

func send(w io.Writer, frame []byte) error {
	_, err := w.Write(frame)
	return err
}
