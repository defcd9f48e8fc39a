package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"
)

// Pusher is a proxy of ingest for Pub/Sub's pushes, with faults.
type Pusher struct {
	In *Injector
	// Endpoint returns the URL of ingest, which it starts if need be.
	Endpoint func(context.Context) (string, error)
	Client   *http.Client
	// Deadline is how long ingest has to answer: the acknowledgement deadline.
	Deadline time.Duration
	// Answered is called with the id of every message whose push succeeded.
	Answered func(messageID string)
	// Delay is how long a push waits, so that others overtake it; may be nil.
	Delay func() time.Duration
	// AnswerFirst answers 204 before a push is passed on, and loses the push if it
	// suffers a fault. An ingest that answers before its append would do so.
	AnswerFirst bool

	mu   sync.Mutex
	held map[string][]latePush // by message id
}

// latePush is a push that is held until a later push of its message has come
// through.
type latePush struct {
	body []byte
	done func()
}

func (p *Pusher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender has gone
	}
	if p.Delay != nil {
		time.Sleep(p.Delay()) // the delay is the fault
	}
	id := messageID(body)
	fault := p.In.next(Push)
	if p.AnswerFirst {
		p.answerFirst(w, fault, id, body)
		return
	}
	switch fault {
	case Refused:
		http.Error(w, "refused by a fault", http.StatusServiceUnavailable)
		return
	case Denied:
		http.Error(w, "denied by a fault", http.StatusForbidden)
		return
	case KillBefore:
		p.In.kill(Push)
		http.Error(w, "the receiver was killed by a fault", http.StatusBadGateway)
		return
	case Late:
		p.hold(id, body)
		http.Error(w, "not answered in time", http.StatusGatewayTimeout)
		return
	case Twice:
		again := p.inBackground(body)
		defer again()
	}
	code, answer := p.forward(r.Context(), body)
	switch fault {
	case KillAfter:
		p.In.kill(Push)
		fallthrough
	case AnswerLost:
		http.Error(w, "the answer was lost by a fault", http.StatusGatewayTimeout)
		return
	}
	if code == http.StatusNoContent {
		p.answered(id)
		p.release(id)
		w.WriteHeader(code)
		return
	}
	http.Error(w, answer, code)
}

// answerFirst answers a push, then passes it on unless it suffers a fault.
func (p *Pusher) answerFirst(w http.ResponseWriter, fault Fault, id string, body []byte) {
	done := p.In.defers()
	w.WriteHeader(http.StatusNoContent)
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	go func() {
		defer done()
		defer p.answered(id)
		switch fault {
		case Refused, Denied:
			return
		case KillBefore:
			p.In.kill(Push)
			return
		}
		p.forward(context.Background(), body)
	}()
}

// forward posts a push to ingest within the deadline.
func (p *Pusher) forward(ctx context.Context, body []byte) (int, string) {
	ctx, cancel := context.WithTimeout(ctx, p.Deadline)
	defer cancel()
	url, err := p.Endpoint(ctx)
	if err != nil {
		return http.StatusBadGateway, err.Error()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return http.StatusBadGateway, err.Error()
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := p.Client.Do(r)
	if err != nil {
		return http.StatusBadGateway, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return http.StatusBadGateway, err.Error()
	}
	return resp.StatusCode, string(text)
}

// inBackground posts a push. The returned function waits for its end.
func (p *Pusher) inBackground(body []byte) (wait func()) {
	done := make(chan struct{})
	p.In.background(func() {
		defer close(done)
		p.forward(context.Background(), body)
	})
	return func() { <-done }
}

// hold keeps a push until another push of the same message has come through.
func (p *Pusher) hold(id string, body []byte) {
	late := latePush{body: body, done: p.In.defers()}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil {
		p.held = map[string][]latePush{}
	}
	p.held[id] = append(p.held[id], late)
}

func (p *Pusher) release(id string) {
	p.mu.Lock()
	held := p.held[id]
	delete(p.held, id)
	p.mu.Unlock()
	for _, late := range held {
		go func() {
			defer late.done()
			p.forward(context.Background(), late.body)
		}()
	}
}

func (p *Pusher) answered(id string) {
	if p.Answered != nil {
		p.Answered(id)
	}
}

func messageID(body []byte) string {
	var push struct {
		Message struct {
			MessageID string `json:"messageId"`
		} `json:"message"`
	}
	_ = json.Unmarshal(body, &push) // a push without an id is the empty one
	return push.Message.MessageID
}
