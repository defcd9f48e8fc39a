// Package guard stands before the emulators of Pub/Sub and BigQuery: it keeps the IAM
// policies of their resources, and refuses callers without the permission.
package guard

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/token"
)

// need is what a request asks for: a permission on a resource, projects/p/topics/t. It is
// empty where everybody who is known may send it.
type need struct{ permission, resource string }

// Guard is an API before an emulator. It is an http.Handler.
type Guard struct {
	host     string // of the API
	emulator http.Handler
	policies *policy.Policies
	enforce  bool
	needs    func(*http.Request) (need, error)
	changed  func(*http.Request) // is told of a request that went well; nil for none
}

// newGuard returns a guard before the emulator at an address. The emulator is reached
// over HTTP/1.1, and over HTTP/2 for calls of gRPC.
func newGuard(host, addr string, policies *policy.Policies, enforce bool, needs func(*http.Request) (need, error)) *Guard {
	protocols := func(h1 bool) *http.Transport {
		p := new(http.Protocols)
		p.SetHTTP1(h1)
		p.SetUnencryptedHTTP2(!h1)
		return &http.Transport{Protocols: p, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", addr)
		}}
	}
	forward := func(t *http.Transport) http.Handler {
		return &httputil.ReverseProxy{
			Transport: t, FlushInterval: -1,
			ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), // of callers that hang up
			Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(&url.URL{Scheme: "http", Host: addr})
				r.Out.Host = addr
			},
			ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
				api.Refuse(w, r, status.Errorf(codes.Unavailable, "The emulator of %s doesn't answer: %v", host, err))
			},
		}
	}
	rest, grpc := forward(protocols(true)), forward(protocols(false))
	return &Guard{
		host: host, policies: policies, enforce: enforce, needs: needs,
		emulator: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if api.IsGRPC(r) {
				grpc.ServeHTTP(w, r)
				return
			}
			rest.ServeHTTP(w, r)
		}),
	}
}

// callerHeader tells the emulator who asks.
const callerHeader = "X-Emulator-Caller"

func (g *Guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Header.Del(callerHeader)
	if err := g.check(r); err != nil {
		api.Refuse(w, r, err)
		return
	}
	if path, verb := api.Verb(r.URL.Path); policy.IsMethod(verb) {
		api.Method(func(r *http.Request) (any, error) { return g.policy(r, path, verb) }).ServeHTTP(w, r)
		return
	}
	if g.changed == nil || r.Method == http.MethodGet {
		g.emulator.ServeHTTP(w, r)
		return
	}
	seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	g.emulator.ServeHTTP(seen, r)
	if seen.status < 300 {
		g.changed(r)
	}
}

// check is the error of a caller who may not send a request.
func (g *Guard) check(r *http.Request) error {
	if !g.enforce {
		return nil
	}
	member, err := token.Caller(r)
	if err != nil {
		return err
	}
	if member == "" {
		return status.Error(codes.Unauthenticated, "Request is missing required authentication credential. go run ./local cloud env has some.")
	}
	r.Header.Set(callerHeader, member)
	n, err := g.needs(r)
	if err != nil || n.permission == "" {
		return err
	}
	return g.policies.Check(member, n.permission, lineage(g.host, n.resource)...)
}

// lineage are the full names of a host's resource and of what it is part of.
func lineage(host, resource string) []string {
	var names []string
	parts := strings.Split(resource, "/")
	for n := len(parts); n > 2; n -= 2 {
		names = append(names, "//"+host+"/"+strings.Join(parts[:n], "/"))
	}
	return append(names, policy.Project(resource))
}

// policy answers one of IAM's methods, for a resource that the emulator has.
func (g *Guard) policy(r *http.Request, path, verb string) (any, error) {
	answer := &statusWriter{ResponseWriter: discard{http.Header{}}, status: http.StatusOK}
	g.emulator.ServeHTTP(answer, g.get(r, path))
	name := path[strings.Index(path, "projects/"):]
	if answer.status == http.StatusNotFound {
		return nil, status.Errorf(codes.NotFound, "Resource not found (resource=%s).", name)
	}
	member, _ := token.Caller(r) // check has refused what is wrong, where it matters
	return g.policies.Method(r, verb, member, lineage(g.host, name)...)
}

// get is a request for a resource.
func (g *Guard) get(r *http.Request, path string) *http.Request {
	out := r.Clone(r.Context())
	out.Method, out.Body, out.ContentLength = http.MethodGet, http.NoBody, 0
	out.URL = &url.URL{Path: path}
	out.Header = http.Header{}
	return out
}

// routed is the resource that the routing header of a call of gRPC names, as every client
// of Google's sends it (https://google.aip.dev/client-libraries/4222).
func routed(r *http.Request) (string, error) {
	for _, header := range r.Header.Values("X-Goog-Request-Params") {
		values, err := url.ParseQuery(header)
		if err != nil {
			continue
		}
		for _, value := range values {
			if strings.HasPrefix(value[0], "projects/") {
				return value[0], nil
			}
		}
	}
	return "", errUnrouted(r)
}

func errUnrouted(r *http.Request) error {
	return status.Errorf(codes.InvalidArgument, "%s: the call names no resource, in x-goog-request-params or in its first message: its permissions depend on it.", r.URL.Path)
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(code int) {
	w.status = code
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach what is wrapped.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// discard is an answer that nobody reads.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
