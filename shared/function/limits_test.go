package function

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// small serves a function that reads bodies of up to 10 bytes.
func small(t *testing.T, patience time.Duration) *httptest.Server {
	t.Helper()
	h := newHost(slog.New(slog.DiscardHandler)).handler("small", func() (Stage, error) {
		return handlerStage{func(w http.ResponseWriter, r *http.Request) {
			body, err := readBody(w, r, 10, patience)
			if err != nil {
				Error(w, Status(err, http.StatusTeapot), err)
				return
			}
			if r.URL.Path == "/slow" { // a stage that works for longer than a body may take
				select {
				case <-time.After(patience + patience/2):
				case <-r.Context().Done():
				}
			}
			fmt.Fprintf(w, "%s %v", body, r.Context().Err())
		}}, nil
	})
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

func TestLimits(t *testing.T) {
	tests := []struct {
		name   string
		body   io.Reader // a *strings.Reader has a length, others are sent in chunks
		header int
		status int
		text   string
	}{
		{"a body", strings.NewReader("0123456789"), 0, 200, "0123456789 <nil>"},
		{"a body in chunks", io.MultiReader(strings.NewReader("01234")), 0, 200, "01234 <nil>"},
		{"none", nil, 0, 200, " <nil>"},
		{"too large a body", strings.NewReader("0123456789!"), 0, 413, "the body has more than 10 bytes"},
		{"too large a body in chunks", io.MultiReader(strings.NewReader("0123456789!")), 0, 413, "the body has more than 10 bytes"},
		{"large headers", nil, 16 << 10, 200, " <nil>"},
		{"too large headers", nil, maxHeader, 431, fmt.Sprintf("more than %d", maxHeader)},
	}
	server := small(t, time.Minute)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, tt.body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Long", strings.Repeat("x", tt.header))
			resp, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			answer, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != tt.status || !strings.Contains(string(answer), tt.text) {
				t.Errorf("answer %d %s (%v), want %d and %q", resp.StatusCode, answer, err, tt.status, tt.text)
			}
		})
	}
}

// A function may work for longer than its body may take to come.
func TestBodyTimeEndsWithTheBody(t *testing.T) {
	resp, err := http.Post(small(t, time.Second).URL+"/slow", "text/plain", strings.NewReader("01"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, err := io.ReadAll(resp.Body); err != nil || string(answer) != "01 <nil>" {
		t.Errorf("answer %d %s (%v), want the body, and a request that goes on", resp.StatusCode, answer, err)
	}
}

// A body that doesn't come, or breaks off, holds nobody up.
func TestBodiesThatDontCome(t *testing.T) {
	tests := []struct {
		name     string
		patience time.Duration
		breaks   bool
		want     string
	}{
		{"it doesn't come", 100 * time.Millisecond, false, "408 Request Timeout"},
		{"it breaks off", time.Minute, true, "400 Bad Request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var dialer net.Dialer
			conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(small(t, tt.patience).URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nhalf")
			if tt.breaks {
				if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
					t.Fatal(err)
				}
			}
			answer, err := io.ReadAll(conn) // the connection is of no use any more, and is closed
			if err != nil || !bytes.Contains(answer, []byte(tt.want)) {
				t.Errorf("answer %q (%v), want %s", answer, err, tt.want)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	if got := Status(fmt.Errorf("read: %w", &RequestError{http.StatusConflict, "no"}), 500); got != http.StatusConflict {
		t.Errorf("status %d, want that of the error", got)
	}
	if got := Status(errors.New("no"), 500); got != 500 {
		t.Errorf("status %d, want the fallback", got)
	}
}
