package proxy_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/proxy"
)

func start(t *testing.T) *proxy.Server {
	t.Helper()
	s, err := proxy.Start(t.Context(), proxy.Options{
		Answers: func(host string) bool { return strings.HasSuffix(host, ".googleapis.com") },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprintf(w, "%s %s %s", r.Proto, r.Host, r.URL.Path)
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// client uses the proxy and trusts its authority.
func client(t *testing.T, s *proxy.Server, h2 bool) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(s.CA().PEM()) {
		t.Fatal("the authority's certificate can't be read")
	}
	transport := &http.Transport{
		Proxy:             http.ProxyURL(&url.URL{Scheme: "http", Host: s.Addr()}),
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: h2,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(c *http.Client, target string) (string, error) {
	r, err := c.Get(target)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	return string(body), err
}

func TestHosts(t *testing.T) {
	s := start(t)
	for _, test := range []struct {
		h2           bool
		target, want string
	}{
		{false, "https://run.googleapis.com/v1/a", "HTTP/1.1 run.googleapis.com /v1/a"},
		{true, "https://run.googleapis.com/v1/a", "HTTP/2.0 run.googleapis.com /v1/a"},
		{true, "https://logging.googleapis.com/v2/b", "HTTP/2.0 logging.googleapis.com /v2/b"},
		{false, "http://run.local:8090/run/v1", "HTTP/1.1 run.local:8090 /run/v1"},
	} {
		if got, err := get(client(t, s, test.h2), test.target); err != nil || got != test.want {
			t.Errorf("%s: %q %v, want %q", test.target, got, err, test.want)
		}
	}
	// Its own address needs no proxy.
	if got, err := get(&http.Client{}, "http://"+s.Addr()+"/token"); err != nil || got != "HTTP/1.1 "+s.Addr()+" /token" {
		t.Errorf("at its own address: %q %v", got, err)
	}
}

func TestOtherHostsAreRefusedByName(t *testing.T) {
	s := start(t)
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusForbidden || !strings.Contains(r.Status, "example.org") || !strings.Contains(r.Status, "NO_PROXY") {
		t.Errorf("%s, want 403 with the host and the remedy", r.Status)
	}
	if _, err := get(client(t, s, false), "https://example.org/"); err == nil || !strings.Contains(err.Error(), "NO_PROXY") {
		t.Errorf("a client shows %v, want the remedy", err)
	}
}

func TestAddressInUse(t *testing.T) {
	s := start(t)
	if _, err := proxy.Start(t.Context(), proxy.Options{Addr: s.Addr()}); !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), s.Addr()) {
		t.Errorf("started twice: %v", err)
	}
	if _, err := proxy.Start(t.Context(), proxy.Options{Addr: "0.0.0.0:0"}); err == nil || !strings.Contains(err.Error(), "127.0.0.1 only") {
		t.Errorf("on all interfaces: %v", err)
	}
}
