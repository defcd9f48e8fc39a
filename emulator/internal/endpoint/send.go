// Package endpoint sends requests to the HTTP endpoints of users, as Pub/Sub's push and Cloud
// Scheduler do.
package endpoint

import (
	"io"
	"net/http"
)

// Send sends a request. It returns the answer without its body, and the first 512 bytes of
// that, which is enough for a log. More is read and left out, so that the connection serves
// the next request.
func Send(client *http.Client, req *http.Request) (answer *http.Response, begin []byte, err error) {
	answer, err = client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	begin, err = io.ReadAll(io.LimitReader(answer.Body, 512))
	if err != nil {
		return nil, nil, err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	return answer, begin, err
}
