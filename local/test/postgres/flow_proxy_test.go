package postgres_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
)

// flowProxy is a proxy of the server. It tells sessions of ingest from others by their names.
type flowProxy struct {
	server *pgconn.Config
	rows   gate // sessions of ingest
	others gate
}

// A gate lets sessions through, holds up what they send, or ends them.
type gate struct {
	mu   sync.Mutex
	flow e2etest.Flow
	open map[net.Conn]bool
}

// FlowControl implements e2etest.Tables.
func (p *tables) FlowControl(t *testing.T) e2etest.FlowControl {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	proxy := &flowProxy{server: &p.pool.Config().ConnConfig.Config}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // it was closed
			}
			go proxy.serve(conn)
		}
	}()
	u, err := url.Parse(p.url)
	must(t, err)
	u.Host, u.RawQuery = l.Addr().String(), "sslmode=disable"
	return e2etest.FlowControl{
		Settings: map[string]string{"DATABASE_URL": u.String()},
		Rows:     proxy.rows.set,
		Queries:  proxy.others.set,
	}
}

// set changes the flow. What is shut ends the sessions that are open.
func (g *gate) set(f e2etest.Flow) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flow = f
	if f == e2etest.Shut {
		for conn := range g.open {
			_ = conn.Close()
		}
		g.open = nil
	}
}

// enter has set close a connection, and reports whether it may go on.
func (g *gate) enter(conn net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.flow == e2etest.Shut {
		return false
	}
	if g.open == nil {
		g.open = map[net.Conn]bool{}
	}
	g.open[conn] = true
	return true
}

// slowness is how long a slow gate holds up each part of what is sent.
const slowness = 20 * time.Millisecond

// reader reads what a connection sends.
func (g *gate) reader(conn net.Conn) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		n, err := conn.Read(p)
		g.mu.Lock()
		slow := g.flow == e2etest.Slow
		g.mu.Unlock()
		if slow {
			time.Sleep(slowness)
		}
		return n, err
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// serve serves a connection to its end.
func (p *flowProxy) serve(conn net.Conn) {
	defer conn.Close()
	first, err := pgproto3.NewBackend(conn, conn).ReceiveStartupMessage()
	if err != nil {
		return
	}
	g := &p.others
	if m, session := first.(*pgproto3.StartupMessage); session && m.Parameters["application_name"] == "tallystream ingest" {
		g = &p.rows
	}
	network, address := pgconn.NetworkAddress(p.server.Host, p.server.Port)
	server, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer server.Close()
	if !g.enter(conn) {
		return
	}
	front := pgproto3.NewFrontend(server, server)
	front.Send(first)
	if front.Flush() != nil {
		return
	}
	go func() {
		defer server.Close()
		_, _ = io.Copy(server, g.reader(conn))
	}()
	_, _ = io.Copy(conn, server)
}
