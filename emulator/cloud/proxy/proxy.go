// Package proxy is an HTTP proxy that answers for some hosts itself, over TLS with
// certificates of its own authority: programs that trust the authority and use the proxy
// talk to a handler here as if it were those hosts. It forwards nothing.
package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/internal/handed"
	"github.com/tallystream/tallystream/emulator/internal/loopback"
)

// headerTimeout bounds how long a client may take to send a request's header.
const headerTimeout = 10 * time.Second

// Options of a Server.
type Options struct {
	// Addr is the host:port to listen on, of the loopback interface. Empty is a free port.
	Addr string
	// Answers reports whether a host is one of those that the handler answers for.
	Answers func(host string) bool
	// Handler answers requests to those hosts, over HTTP/1.1 and HTTP/2, and those that
	// are sent to the proxy's own address.
	Handler http.Handler
	// Logger receives failures of connections; nil discards them.
	Logger *slog.Logger
}

// Server is a proxy that runs.
type Server struct {
	options Options
	ca      *CA
	plain   net.Listener
	tunnels *handed.Listener // of what clients tunnelled
	servers [2]*http.Server  // of plain requests, and of those in tunnels
	serving sync.WaitGroup
}

// Start listens and serves until Close.
func Start(ctx context.Context, o Options) (*Server, error) {
	addr, err := loopback.Address(o.Addr)
	if err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	ca, err := newCA()
	if err != nil {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		if inUse := loopback.ListenError("the local cloud", addr, err); inUse != nil {
			return nil, inUse
		}
		return nil, fmt.Errorf("listen for the local cloud: %w", err)
	}
	s := &Server{options: o, ca: ca, plain: l, tunnels: handed.New(l.Addr())}
	log := slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug)
	s.servers[0] = &http.Server{Handler: http.HandlerFunc(s.direct), ReadHeaderTimeout: headerTimeout, ErrorLog: log}
	s.servers[1] = &http.Server{Handler: o.Handler, ReadHeaderTimeout: headerTimeout, ErrorLog: log,
		TLSConfig: &tls.Config{GetCertificate: ca.Certificate, MinVersion: tls.VersionTLS12}}
	s.serving.Go(func() { s.ended(s.servers[0].Serve(l)) })
	s.serving.Go(func() { s.ended(s.servers[1].ServeTLS(s.tunnels, "", "")) })
	return s, nil
}

func (s *Server) ended(err error) {
	if !errors.Is(err, http.ErrServerClosed) {
		s.options.Logger.Error("the local cloud stopped serving", "error", err)
	}
}

// Addr is the host:port of the proxy.
func (s *Server) Addr() string { return s.plain.Addr().String() }

// CA is the authority that a program has to trust.
func (s *Server) CA() *CA { return s.ca }

// Close ends the proxy and what is under way.
func (s *Server) Close() error {
	errs := []error{s.servers[0].Close(), s.servers[1].Close()}
	s.serving.Wait()
	return errors.Join(errs...)
}

// direct answers a request on the plain port: a tunnel, a request with a whole URL, or
// one to the proxy itself.
func (s *Server) direct(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if h, _, err := net.SplitHostPort(r.Host); err == nil {
		host = h
	}
	switch {
	case r.Method == http.MethodConnect && !s.options.Answers(host):
		s.refuse(w, host)
	case r.Method == http.MethodConnect:
		s.tunnel(w)
	default:
		s.options.Handler.ServeHTTP(w, r)
	}
}

// refuse says in the reason of the status what clients show of a tunnel that failed.
func (s *Server) refuse(w http.ResponseWriter, host string) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		s.options.Logger.Error("refuse a tunnel", "host", host, "error", err)
		return
	}
	defer conn.Close() //nolint:errcheck // it is refused either way
	_, _ = fmt.Fprintf(buffered, "HTTP/1.1 403 The local cloud forwards nothing: name %q in NO_PROXY\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", host)
	_ = buffered.Flush() // the client has gone if this fails
}

// tunnel hands the connection to the server of TLS.
func (s *Server) tunnel(w http.ResponseWriter) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		s.options.Logger.Error("open a tunnel", "error", err)
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close() // the client has gone
		return
	}
	s.tunnels.Give(&tunneled{Conn: conn, from: buffered.Reader})
}
