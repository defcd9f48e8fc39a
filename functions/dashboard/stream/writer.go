package stream

import (
	"context"
	"net/http"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
)

// head sets the headers of a stream, compressed if its reader takes that. Nothing of it waits
// in a proxy for more.
func head(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	if httpdoc.Accepts(r.Header.Get("Accept-Encoding"), httpdoc.Gzip) {
		h.Set("Content-Encoding", httpdoc.Gzip)
	}
}

// zipped says whether the headers of an answer promise a compressed stream.
func zipped(w http.ResponseWriter) bool { return w.Header().Get("Content-Encoding") == httpdoc.Gzip }

// output carries a stream to its reader.
type output interface {
	// send writes data, for as long as a reader may take.
	send(data framed) error
	// finish ends the stream as planned.
	finish() error
	// wait waits for one of two channels to be closed, or a time. It is false where the reader
	// has gone.
	wait(until time.Time, changed, end <-chan struct{}) bool
}

// writer writes chunks to a reader who may not read. After an error it does nothing.
type writer struct {
	to     output
	zipped bool
	member member
	err    error
}

// begin begins a compressed stream.
func (w *writer) begin() {
	if w.zipped {
		w.err = w.to.send(gzipHeader)
	}
}

func (w *writer) write(c *chunk) {
	if w.err != nil {
		return
	}
	data := c.text
	if w.zipped {
		data = c.blocks()
		w.member.add(c.text.body())
	}
	w.err = w.to.send(data)
}

// end ends the stream as planned.
func (w *writer) end() {
	if w.zipped && w.err == nil {
		w.err = w.to.send(frame(w.member.trailer()))
	}
	if w.err == nil {
		w.err = w.to.finish()
	}
}

// response is the output of a stream that is a request's answer, written by its goroutine.
type response struct {
	w    http.ResponseWriter
	to   *http.ResponseController
	gone context.Context
}

func respond(w http.ResponseWriter, r *http.Request) *response {
	return &response{w: w, to: http.NewResponseController(w), gone: r.Context()}
}

func (o *response) send(data framed) error {
	// Not every ResponseWriter has deadlines: those of net/http do.
	_ = o.to.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := o.w.Write(data.body()); err != nil {
		return err
	}
	return o.to.Flush()
}

func (o *response) finish() error { return nil } // the server does when the request ends

func (o *response) wait(until time.Time, changed, end <-chan struct{}) bool {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-changed:
	case <-end:
	case <-timer.C:
	case <-o.gone.Done():
		return false
	}
	return true
}
