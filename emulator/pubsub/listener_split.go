package pubsub

import (
	"bufio"
	"errors"
	"net"
	"time"

	"github.com/tallystream/tallystream/emulator/internal/handed"
)

// sniffTimeout is how long a new connection may take to send its first bytes.
const sniffTimeout = 10 * time.Second

// split shares one listener between gRPC, whose connections begin with HTTP/2's
// preface, and HTTP/1. Both ends with l.
func split(l net.Listener) (grpc, http net.Listener) {
	g := &half{handed.New(l.Addr()), l}
	h := &half{handed.New(l.Addr()), l}
	go func() {
		defer g.Listener.Close()
		defer h.Listener.Close()
		for {
			conn, err := l.Accept()
			var temporary interface{ Temporary() bool } // too many open files
			switch {
			case err == nil:
				go dispatch(conn, g, h)
			case errors.As(err, &temporary) && temporary.Temporary():
				time.Sleep(10 * time.Millisecond)
			default:
				return
			}
		}
	}()
	return g, h
}

// dispatch reads the first bytes of a connection and gives it to the half that speaks its
// protocol.
func dispatch(conn net.Conn, grpc, http *half) {
	r := bufio.NewReaderSize(conn, 4096)
	_ = conn.SetReadDeadline(time.Now().Add(sniffTimeout)) // a broken connection fails in Peek
	start, err := r.Peek(len("PRI"))
	_ = conn.SetReadDeadline(time.Time{})
	if err != nil {
		_ = conn.Close()
		return
	}
	to := http
	if string(start) == "PRI" {
		to = grpc
	}
	to.Give(&peeked{Conn: conn, r: r})
}

// half is a listener for one protocol's connections.
type half struct {
	*handed.Listener
	shared net.Listener
}

// Close closes the shared listener.
func (h *half) Close() error {
	err := h.shared.Close()
	if errors.Is(err, net.ErrClosed) { // by the other half
		return nil
	}
	return err
}

// peeked is a connection whose first bytes are in r.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (p *peeked) Read(b []byte) (int, error) {
	if p.r != nil && p.r.Buffered() > 0 {
		return p.r.Read(b)
	}
	p.r = nil // read from the connection from now on
	return p.Conn.Read(b)
}
