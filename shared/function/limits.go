package function

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// closeTime is how long stages have to close. Cloud Run sends SIGKILL ten
// seconds after SIGTERM (its container runtime contract, "instance shutdown");
// one of them is left to log and exit.
const closeTime = 9 * time.Second

const (
	// maxHeader bounds the names and values of a request's headers. Cloud Run
	// takes 64 KB; what tokens, traces and browsers send is a tenth of this.
	maxHeader = 32 << 10

	// bodyTime is how long a caller may take to send a body. Pub/Sub and Cloud
	// Scheduler send theirs at once. An instance works on a bounded number of requests
	// at a time: a caller who sends a byte now and then would keep others out.
	bodyTime = 30 * time.Second
)

// ReadBody reads a request's body of up to limit bytes, in a bounded time. An
// error is a *RequestError, and names the limit where one was passed.
func ReadBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	return readBody(w, r, limit, bodyTime)
}

func readBody(w http.ResponseWriter, r *http.Request, limit int64, patience time.Duration) ([]byte, error) {
	// Not every ResponseWriter has deadlines: those of net/http do.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(patience))
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	limited := http.MaxBytesReader(w, r.Body, limit)
	var body []byte
	var err error
	if n := r.ContentLength; n > 0 {
		body = make([]byte, n)
		_, err = io.ReadFull(limited, body)
	} else {
		body, err = io.ReadAll(limited)
	}
	var passed *http.MaxBytesError
	switch {
	case err == nil:
		// One that stayed would end the request when it passes. After an error it
		// stays, for the rest of the body that the server waits for.
		_ = control.SetReadDeadline(time.Time{})
		return body, nil
	case errors.As(err, &passed):
		return nil, tooLarge(limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &RequestError{http.StatusRequestTimeout, fmt.Sprintf("the body wasn't there within %v: send it at once", patience)}
	}
	return nil, &RequestError{http.StatusBadRequest, fmt.Sprintf("the body breaks off: %v", err)}
}

func tooLarge(limit int64) error {
	return &RequestError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", limit)}
}

// checkHeader refuses headers that are larger than anybody needs.
func checkHeader(r *http.Request) error {
	size := len(r.Method) + len(r.Host)
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size > maxHeader {
		return &RequestError{
			http.StatusRequestHeaderFieldsTooLarge,
			fmt.Sprintf("the request's headers have %d bytes, more than %d", size, maxHeader),
		}
	}
	return nil
}
