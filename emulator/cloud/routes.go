package cloud

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// google is what the names of Google's APIs' hosts end with.
const google = ".googleapis.com"

// aliases are hosts that serve what another does.
var aliases = map[string]string{
	"accounts.google.com": "oauth2",
	"www.googleapis.com":  "oauth2", // userinfo and tokens of old
}

// regional is the place before a regional host's name: us-central1-run.
var regional = regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]+-`)

// answers reports whether the cloud answers for a host: for all of Google's, so that
// nothing reaches the real ones.
func answers(host string) bool {
	return strings.HasSuffix(host, google) || host == "google.com" || strings.HasSuffix(host, ".google.com")
}

// final writes 400 in place of 501, which gcloud repeats for half a minute before it shows
// the error. The error's own code stays.
type final struct{ http.ResponseWriter }

func (w final) WriteHeader(code int) {
	if code == http.StatusNotImplemented {
		code = http.StatusBadRequest
	}
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach what is wrapped.
func (w final) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// ServeHTTP answers requests for Google's hosts, and below /NAME/ at any other host.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w = final{w}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	name := host
	if !answers(host) {
		name, r = below(r)
	}
	service, ok := c.service(name)
	if !ok {
		api.Refuse(w, r, c.unknown(name))
		return
	}
	service.ServeHTTP(w, r)
}

// service is what serves a host, whose name may lack the end that Google's share.
func (c *Cloud) service(host string) (http.Handler, bool) {
	name := strings.TrimSuffix(host, google)
	for _, known := range []string{aliases[host], name, regional.ReplaceAllString(name, "")} {
		if s, ok := c.services[known]; ok {
			return s, true
		}
	}
	return nil, false
}

// rootPaths are paths that clients want at the root of any host, whatever path they are
// told: which service they mean.
var rootPaths = map[string]string{"token": "oauth2", "revoke": "oauth2", "upload": "storage", "download": "storage"}

// below is a request without the first segment of its path, and that segment.
func below(r *http.Request) (string, *http.Request) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if name, ok := rootPaths[first]; ok {
		return name, r
	}
	out := r.Clone(r.Context())
	out.URL = &url.URL{Path: "/" + rest, RawQuery: r.URL.RawQuery}
	if raw := r.URL.EscapedPath(); raw != r.URL.Path {
		_, rest, _ := strings.Cut(strings.TrimPrefix(raw, "/"), "/")
		out.URL.RawPath = "/" + rest
	}
	return first, out
}

// unknown is the error of a service that isn't there.
func (c *Cloud) unknown(name string) error {
	if name != "" && !strings.Contains(name, ".") {
		name += google
	}
	return status.Errorf(codes.Unimplemented, "The local cloud doesn't emulate %q. It has %s.", name, strings.Join(slices.Sorted(maps.Keys(c.services)), ", "))
}
