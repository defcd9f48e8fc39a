package stream

import (
	"net/http"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
)

// writer writes chunks to a reader who may not read. After an error it does nothing.
type writer struct {
	w      http.ResponseWriter
	to     *http.ResponseController
	zipped bool
	member member
	err    error
}

// begin writes the headers of a stream, compressed if its reader takes that. Nothing of it
// waits in this machine for more.
func begin(w http.ResponseWriter, r *http.Request) *writer {
	out := &writer{w: w, to: http.NewResponseController(w), zipped: httpdoc.Accepts(r.Header.Get("Accept-Encoding"), httpdoc.Gzip)}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	if out.zipped {
		h.Set("Content-Encoding", httpdoc.Gzip)
		_, out.err = w.Write(gzipHeader)
	}
	return out
}

func (w *writer) write(c *chunk) {
	data := c.text
	if w.zipped {
		data = c.blocks()
		w.member.add(c.text)
	}
	w.send(data)
}

// end ends the stream as planned.
func (w *writer) end() {
	if w.zipped {
		w.send(w.member.trailer())
	}
}

func (w *writer) send(data []byte) {
	if w.err != nil {
		return
	}
	// Not every ResponseWriter has deadlines: those of net/http do.
	_ = w.to.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, w.err = w.w.Write(data); w.err == nil {
		w.err = w.to.Flush()
	}
}
