package cloudrun

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/tallystream/tallystream/emulator/profile"
)

// Gate is an http.Handler that lets requests through to a service.
type Gate struct {
	service   Service
	profile   *profile.Profile
	log       *slog.Logger
	proxy     *httputil.ReverseProxy
	instances *instances
}

// New returns the gate of a service, in the times of a profile. A service at a URL must
// be ready; its processor is taken away at once. A nil logger discards.
func New(s Service, p *profile.Profile, log *slog.Logger) (*Gate, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // the service is on this machine
	transport.MaxIdleConnsPerHost = s.Concurrency
	transport.DisableCompression = true // answers go through as they are
	g := &Gate{service: s, profile: p, log: log.With("service", s.Name)}
	g.instances = newInstances(&g.service, p)
	g.instances.log = g.log
	g.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(r.In.Context().Value(targetKey{}).(*url.URL))
			r.Out.Host = r.In.Host
		},
		Transport:     transport,
		FlushInterval: -1, // streams
		ErrorHandler:  g.fail,
		ErrorLog:      slog.NewLogLogger(g.log.Handler(), slog.LevelDebug),
	}
	return g, nil
}

// Warm starts the instances that are kept, or one where none is, and returns when they
// answer. A service without Launch has nothing to start.
func (g *Gate) Warm(ctx context.Context) error {
	if g.service.Launch == nil {
		return nil
	}
	return g.instances.warm(ctx)
}

// Close stops all instances that Launch has started, whatever they do, and returns when
// they have ended. Requests that come later are answered with 503.
func (g *Gate) Close() { g.instances.close() }

// targetKey is where the context of a request holds the URL of its instance.
type targetKey struct{}

// errTimeout ends a request that takes too long.
var errTimeout = errors.New("the request has taken longer than the service's time-out")

// ServeHTTP implements http.Handler.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.service.Internal && !internal(r) {
		notFound(w)
		return
	}
	i, err := g.instances.enter(r.Context())
	if errors.Is(err, errNoInstance) {
		g.log.Warn("The request was aborted because there was no available instance.", "path", r.URL.Path)
		http.Error(w, "Rate exceeded.", http.StatusTooManyRequests)
		return
	}
	if r.Context().Err() != nil && err != nil {
		return // nobody waits for the answer
	}
	if err != nil {
		g.fail(w, r, err)
		return
	}
	defer g.instances.leave(i)
	if g.profile.Wait(r.Context(), profile.RunRequest) != nil {
		return
	}
	defer i.processor.use()()
	ctx := context.WithValue(r.Context(), targetKey{}, i.url)
	ctx, cancel := context.WithTimeoutCause(ctx, g.profile.Scale(g.service.Timeout), errTimeout)
	defer cancel()
	g.proxy.ServeHTTP(w, r.WithContext(ctx))
}

// fail answers a request that the service doesn't.
func (g *Gate) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(context.Cause(r.Context()), errTimeout) {
		g.log.Warn("The request has been terminated because it has reached the maximum request timeout.", "path", r.URL.Path)
		http.Error(w, "upstream request timeout", http.StatusGatewayTimeout)
		return
	}
	g.log.Debug("the service doesn't answer", "path", r.URL.Path, "error", err)
	http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
}

// internal reports whether a request comes from where an internal service takes it. On
// one machine the headers of Cloud Scheduler and Pub/Sub alone tell.
func internal(r *http.Request) bool {
	switch r.UserAgent() {
	case "Google-Cloud-Scheduler", "CloudPubSub-Google":
		return true
	}
	return false
}

// notFound answers as Google's front end does for a service that the caller can't reach
// (https://cloud.google.com/run/docs/securing/ingress).
func notFound(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, "<html><head>\n<title>404 Page not found</title>\n</head>\n<body>\n"+
		"<h1>Error: Page not found</h1>\n<h2>The requested URL was not found on this server.</h2>\n</body></html>\n")
}
