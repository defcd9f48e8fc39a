package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// REST is a proxy of BigQuery's REST API for the aggregate, with faults.
type REST struct {
	In       *Injector
	Upstream string // http://host:port
	Client   *http.Client
	// Rewrite changes the SQL of a pass; may be nil. If it fails, the request fails,
	// and Err returns the error.
	Rewrite func(sql string) (string, error)

	mu  sync.Mutex
	err error
}

// RewriteError says that Rewrite found nothing to change.
type RewriteError struct{ Err error }

func (e *RewriteError) Error() string { return e.Err.Error() }
func (e *RewriteError) Unwrap() error { return e.Err }

// Err returns the first error of Rewrite, a *RewriteError.
func (p *REST) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// step returns the kind of step that a request is.
func step(r *http.Request) (Op, bool) {
	_, rest, _ := strings.Cut(r.URL.Path, "/projects/")
	_, resource, _ := strings.Cut(rest, "/")
	switch {
	case r.Method == http.MethodPost && (resource == "queries" || resource == "jobs"):
		return Query, true
	case r.Method == http.MethodGet && (strings.HasPrefix(resource, "queries/") || strings.HasPrefix(resource, "jobs/")):
		return Poll, true
	}
	return "", false
}

func (p *REST) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender has gone
	}
	if body, err = p.rewrite(body); err != nil {
		unavailable(w, err.Error())
		return
	}
	op, ok := step(r)
	if !ok {
		p.forward(r.Context(), r, body).write(w)
		return
	}
	fault := p.In.next(op)
	switch fault {
	case Refused:
		unavailable(w, "refused by a fault")
		return
	case Denied:
		refuse(w, http.StatusForbidden, "accessDenied", "denied by a fault")
		return
	case KillBefore:
		p.In.kill(op)
		panic(http.ErrAbortHandler)
	case Late:
		p.late(r, body)
		panic(http.ErrAbortHandler)
	case Twice:
		p.In.background(func() { p.forward(context.WithoutCancel(r.Context()), r, anew(body)) })
	}
	a := p.forward(r.Context(), r, body)
	switch fault {
	case KillAfter:
		p.In.kill(op)
		panic(http.ErrAbortHandler)
	case AnswerLost:
		panic(http.ErrAbortHandler)
	}
	a.write(w)
}

// late passes a request on when its sender has given up.
func (p *REST) late(r *http.Request, body []byte) {
	defer p.In.defers()()
	select {
	case <-r.Context().Done():
	case <-time.After(p.In.Hold):
	}
	p.forward(context.WithoutCancel(r.Context()), r, body)
}

// answer is the answer of the real API.
type answer struct {
	code   int
	header http.Header
	body   []byte
}

func (a answer) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.code)
	_, _ = w.Write(a.body) // the sender may have gone
}

func (p *REST) forward(ctx context.Context, r *http.Request, body []byte) answer {
	failed := func(err error) answer { return answer{code: http.StatusBadGateway, body: []byte(err.Error())} }
	up, err := http.NewRequestWithContext(ctx, r.Method, p.Upstream+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return failed(err)
	}
	up.Header = r.Header.Clone()
	up.Header.Set("Accept-Encoding", "identity")
	resp, err := p.Client.Do(up)
	if err != nil {
		return failed(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return failed(err)
	}
	header := resp.Header.Clone()
	header.Del("Content-Length")
	return answer{resp.StatusCode, header, text}
}

// unavailable answers as BigQuery does while it is unavailable.
func unavailable(w http.ResponseWriter, why string) {
	refuse(w, http.StatusServiceUnavailable, "backendError", why)
}

func refuse(w http.ResponseWriter, code int, reason, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"error":{"code":%d,"message":%q,"errors":[{"reason":%q,"message":%q}]}}`, code, why, reason, why)
}

// anew gives a query another request id, so that BigQuery runs it again.
func anew(body []byte) []byte {
	return change(body, func(request map[string]json.RawMessage) {
		if id, ok := request["requestId"]; ok {
			request["requestId"] = json.RawMessage(strings.TrimSuffix(string(id), `"`) + `-again"`)
		}
	})
}

// change edits a JSON object. Text that isn't one stays as it is.
func change(body []byte, edit func(map[string]json.RawMessage)) []byte {
	var request map[string]json.RawMessage
	if json.Unmarshal(body, &request) != nil {
		return body
	}
	edit(request)
	changed, err := json.Marshal(request)
	if err != nil {
		return body
	}
	return changed
}

// rewrite applies Rewrite to the script of a pass.
func (p *REST) rewrite(body []byte) ([]byte, error) {
	if p.Rewrite == nil {
		return body, nil
	}
	var failure error
	body = change(body, func(request map[string]json.RawMessage) {
		var sql string
		if json.Unmarshal(request["query"], &sql) != nil || !strings.Contains(sql, "BEGIN TRANSACTION") {
			return
		}
		sql, failure = p.Rewrite(sql)
		if failure == nil {
			request["query"], failure = json.Marshal(sql)
		}
	})
	if failure != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.err == nil {
			p.err = &RewriteError{failure}
		}
	}
	return body, failure
}
