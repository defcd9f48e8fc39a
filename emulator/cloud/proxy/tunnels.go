package proxy

import (
	"io"
	"net"
	"sync"
)

// tunnels is a listener whose connections are those that clients tunnelled.
type tunnels struct {
	addr  net.Addr
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newTunnels(addr net.Addr) *tunnels {
	return &tunnels{addr: addr, conns: make(chan net.Conn), done: make(chan struct{})}
}

// give makes Accept return a connection, or closes it where nobody accepts any more.
func (t *tunnels) give(conn net.Conn) {
	select {
	case t.conns <- conn:
	case <-t.done:
		_ = conn.Close() // nobody serves it
	}
}

func (t *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-t.conns:
		return conn, nil
	case <-t.done:
		return nil, net.ErrClosed
	}
}

func (t *tunnels) Close() error {
	t.once.Do(func() { close(t.done) })
	return nil
}

func (t *tunnels) Addr() net.Addr { return t.addr }

// tunneled is a connection some of whose bytes may have been read already.
type tunneled struct {
	net.Conn
	from io.Reader
}

func (c *tunneled) Read(b []byte) (int, error) { return c.from.Read(b) }
