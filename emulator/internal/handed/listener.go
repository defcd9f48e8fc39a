// Package handed has a listener whose connections are handed to it.
package handed

import (
	"net"
	"sync"
)

// A Listener accepts the connections that others have accepted, or tunnelled.
type Listener struct {
	addr  net.Addr
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

// New returns a listener that tells an address as its own.
func New(addr net.Addr) *Listener {
	return &Listener{addr: addr, conns: make(chan net.Conn), done: make(chan struct{})}
}

// Give makes Accept return a connection, or closes it where nobody accepts any more.
func (l *Listener) Give(conn net.Conn) {
	select {
	case l.conns <- conn:
	case <-l.done:
		_ = conn.Close() // nobody serves it
	}
}

// Accept waits for a connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept. It never fails, and may be called again.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr is the address that New was given.
func (l *Listener) Addr() net.Addr { return l.addr }
