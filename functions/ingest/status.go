package ingest

import (
	"errors"
	"net/http"

	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// status maps an error to the answer. Pub/Sub delivers anything but 2xx again,
// and at last to the dead letters: the code is for people and alerts. 4xx says
// that the message is at fault, 503 that the warehouse is.
func status(err error) int {
	var refused *warehouse.RefusedError
	switch {
	case errors.Is(err, errNotPush):
		return http.StatusBadRequest
	case errors.Is(err, recordbatch.ErrUnknownFormat), errors.Is(err, recordbatch.ErrCorrupt), errors.Is(err, logends.ErrCorrupt), errors.As(err, &refused):
		return http.StatusUnprocessableEntity
	}
	return function.Status(err, http.StatusServiceUnavailable)
}
