// Package bigquery runs a BigQuery emulator in the process: the REST API and
// the Storage Read and Write APIs over GoogleSQL on DuckDB. Any client library of
// BigQuery works with it once its endpoint is set to REST or GRPC.
//
// It is for development and tests: no authentication, no quotas, one location,
// one node. What it doesn't support it refuses by name.
package bigquery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/tallystream/tallystream/emulator/bigquery/analyzer"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/datapolicy"
	"github.com/tallystream/tallystream/emulator/bigquery/storageread"
	"github.com/tallystream/tallystream/emulator/bigquery/storagewrite"
	"github.com/tallystream/tallystream/emulator/internal/loopback"
	"github.com/tallystream/tallystream/emulator/profile"
)

// Options configure a Server.
type Options struct {
	// RESTAddr and GRPCAddr are host:port to listen on; port 0 picks a free
	// one. Without RESTAddr or GRPCAddr the API concerned is served on a free
	// port of the loopback interface. Interfaces other than that need Anywhere. With it
	// everybody who reaches the port may do everything.
	RESTAddr, GRPCAddr string
	Anywhere           bool
	// Dir keeps the data; "" keeps it in memory.
	Dir string
	// Buckets are where gs:// leads. In a bucket.Folder gs://bucket/a.csv is the file bucket/a.csv. Without
	// Buckets loads from gs:// and exports to it are refused.
	Buckets bucket.Storage
	// Memory is what queries may take in DuckDB, in bytes, at least 64 MiB; 0 is half of the machine's. Results
	// may take a quarter as much beside that.
	Memory int64
	// Logger receives failures of requests and of the emulator; nil discards.
	Logger *slog.Logger
	// BeforeStatement is called before each statement of a script, for tests of
	// what may happen in the middle of one. Nil is nothing.
	BeforeStatement func(context.Context, Statement) error
	// Authorize is the error of a caller who lacks a permission on a resource, say
	// bigquery.tables.getData on projects/p/datasets/d/tables/t. It is asked for the jobs of
	// requests that name a caller in X-Emulator-Caller. A full name of a resource,
	// //datacatalog.googleapis.com/projects/…, asks for what is granted on it alone. Nil lets everybody do
	// everything, except read columns that policies keep from them.
	Authorize func(caller, permission, resource string) error
	// Profile gives every request and statement the time that it takes on Google
	// Cloud, and brings the cloud's rates; nil is none.
	Profile *profile.Profile
}

// Statement is a statement of a script that is about to run.
type Statement = engine.Statement

// A Server is a running emulator.
type Server struct {
	engine  *engine.Engine
	handler *rest.Handler
	http    *http.Server
	grpc    *grpc.Server
	rest    net.Listener
	storage net.Listener
	served  chan error
	close   func() error
}

// Start opens the data and serves both APIs until Close. The context bounds the
// start only.
func Start(ctx context.Context, opts Options) (*Server, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{served: make(chan error, 2)}
	s.close = sync.OnceValue(s.shutdown)
	if err := s.listen(ctx, opts); err != nil {
		return nil, err
	}
	var err error
	if s.engine, err = engine.Open(ctx, engine.Options{
		Dir: opts.Dir, Memory: opts.Memory, Buckets: opts.Buckets, Analyzer: analyzer.Analyzer{}, BeforeStatement: opts.BeforeStatement, Authorize: opts.Authorize, Profile: opts.Profile,
	}); err != nil {
		s.closeListeners()
		return nil, fmt.Errorf("open the BigQuery emulator's data: %w", err)
	}
	s.handler = rest.New(s.engine, opts.Logger)
	s.http = &http.Server{
		Handler:           paced(opts.Profile, withDataPolicies(s.handler, datapolicy.New(s.engine, s.engine.Governance))),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       5 * time.Minute,
		ErrorLog:          slog.NewLogLogger(opts.Logger.Handler(), slog.LevelWarn),
	}
	s.grpc = grpc.NewServer(storagewrite.Options()...)
	storagewrite.New(s.engine, opts.Profile, opts.Logger).Register(s.grpc)
	storageread.New(s.engine, s.handler.QueryResult, opts.Profile, opts.Logger).Register(s.grpc)
	go func() { s.served <- s.http.Serve(s.rest) }()
	go func() { s.served <- s.grpc.Serve(s.storage) }()
	return s, nil
}

// withDataPolicies serves the APIs of policy tags and data policies beside BigQuery's.
func withDataPolicies(bigquery http.Handler, policies *datapolicy.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if datapolicy.Serves(r) {
			policies.ServeHTTP(w, r)
			return
		}
		bigquery.ServeHTTP(w, r)
	})
}

func (s *Server) listen(ctx context.Context, opts Options) error {
	address := loopback.Address
	if opts.Anywhere {
		address = loopback.Anywhere
	}
	for _, api := range []struct {
		name, addr string
		listener   *net.Listener
	}{{"REST API", opts.RESTAddr, &s.rest}, {"Storage APIs", opts.GRPCAddr, &s.storage}} {
		addr, err := address(api.addr)
		if err == nil {
			*api.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", addr)
		}
		if err != nil {
			s.closeListeners()
			return fmt.Errorf("listen for BigQuery's %s: %w", api.name, err)
		}
	}
	return nil
}

func (s *Server) closeListeners() {
	for _, l := range []net.Listener{s.rest, s.storage} {
		if l != nil {
			_ = l.Close() // nothing has been accepted
		}
	}
}

// REST is the host:port of the REST API.
func (s *Server) REST() string { return s.rest.Addr().String() }

// GRPC is the host:port of the Storage Read and Write APIs.
func (s *Server) GRPC() string { return s.storage.Addr().String() }

// closeGrace is how long REST requests under way may take to end.
const closeGrace = 500 * time.Millisecond

// Close ends the servers, cancels the jobs and closes the data. Appends under
// way are completed; those not acknowledged by then are the client's to repeat.
// Further calls return what the first did.
func (s *Server) Close() error { return s.close() }

func (s *Server) shutdown() error {
	s.handler.Close()
	s.grpc.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	errs := []error{err}
	for range cap(s.served) {
		if err := <-s.served; err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, grpc.ErrServerStopped) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, s.engine.Close())...)
}
