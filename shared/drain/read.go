package drain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/tallystream/tallystream/shared/function"
)

// Limits of a call's body in bytes. The next of a replay names every partition;
// the longest call of the aggregate has a hundred bytes.
const (
	maxBridgeBody    = 64 << 10
	maxAggregateBody = 4 << 10
)

// ReadBridge reads a call of the bridge. The error is a *function.RequestError.
func ReadBridge(w http.ResponseWriter, r *http.Request) (BridgeRequest, error) {
	return read(w, r, maxBridgeBody, parseBridge)
}

// ReadAggregate reads a call of the aggregate. The error is a
// *function.RequestError.
func ReadAggregate(w http.ResponseWriter, r *http.Request) (AggregateRequest, error) {
	return read(w, r, maxAggregateBody, parseAggregate)
}

func read[R any](w http.ResponseWriter, r *http.Request, limit int64, parse func([]byte) (R, error)) (request R, err error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return request, &function.RequestError{Status: http.StatusMethodNotAllowed, Text: "a drain is asked for with POST"}
	}
	body, err := function.ReadBody(w, r, limit)
	if err != nil {
		return request, err
	}
	if request, err = parse(body); err != nil {
		return request, &function.RequestError{Status: http.StatusBadRequest, Text: err.Error()}
	}
	return request, nil
}

// parseBridge reads a body, which may be empty. A replay ends once it is done.
func parseBridge(body []byte) (BridgeRequest, error) {
	r := BridgeRequest{Request: Request{Until: Deadline}, Shards: 1}
	if err := decode(body, &r); err != nil {
		return r, err
	}
	if r.Replay != nil {
		r.Until = CaughtUp
	}
	return r, r.validate()
}

// parseAggregate reads a body, which may be empty.
func parseAggregate(body []byte) (AggregateRequest, error) {
	r := AggregateRequest{Request: Request{Until: Deadline}}
	if err := decode(body, &r); err != nil {
		return r, err
	}
	return r, r.validate()
}

func decode(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf(`the body isn't a request such as {"until":"caught_up","seconds":55}: %w`, err)
	}
	return nil
}
