package stream

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// conn is the output of a stream that has its connection to itself. The server has let go of
// it, with the request, its goroutine and its buffers.
type conn struct {
	net.Conn

	mu   sync.Mutex
	rest [1]byte
}

// take takes the connection of an HTTP/1.1 request over from the server, and writes the head of
// the answer, with the headers that are set. It returns nil where the answer has to go by the
// ResponseWriter: connections of HTTP/2 carry other requests, and readers of HTTP/1.0 know no chunks.
func take(w http.ResponseWriter, r *http.Request) *conn {
	if r.ProtoMajor != 1 || r.ProtoMinor < 1 {
		return nil
	}
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil
	}
	h := w.Header()
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	h.Set("Connection", "close")
	h.Set("Transfer-Encoding", "chunked")
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 200 OK\r\n")
	_ = h.Write(&head) // to memory
	head.WriteString("\r\n")
	taken := &conn{Conn: c}
	_ = taken.put(head.Bytes()) // the next one fails as well
	return taken
}

func (c *conn) put(data []byte) error {
	if err := c.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := c.Write(data)
	return err
}

func (c *conn) send(data framed) error { return c.put(data) }

func (c *conn) finish() error { return c.put([]byte("0\r\n\r\n")) }

func (c *conn) close() { _ = c.Close() }

// wait waits in a read, which ends when the reader goes, at the deadline, or by wake. A reader
// has nothing to say after its request: one that does is let go.
func (c *conn) wait(until time.Time, changed, end <-chan struct{}) bool {
	c.mu.Lock() // wake comes before, and a channel is closed, or after
	select {
	case <-changed:
		c.mu.Unlock()
		return true
	case <-end:
		c.mu.Unlock()
		return true
	default:
	}
	err := c.SetReadDeadline(until)
	c.mu.Unlock()
	if err == nil {
		_, err = c.Read(c.rest[:])
	}
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// wake ends a wait. The caller has closed a channel that it waits for.
func (c *conn) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.SetReadDeadline(time.Unix(1, 0)) // of a closed connection: nobody waits
}
