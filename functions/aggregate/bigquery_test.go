package aggregate

import (
	"errors"
	"net/http"
	"testing"

	"google.golang.org/api/googleapi"
)

// BigQuery has two messages for a pass that met another one. No other error is a conflict.
func TestConflicts(t *testing.T) {
	for message, conflict := range map[string]bool{
		"Transaction is aborted due to concurrent update against table p:core.ballots. Transaction ID: 1": true,
		"Could not serialize access to table p:core.ballots due to concurrent update":                     true,
		"Too many partitions produced by query, allowed 4000, query produces at least 4001 partitions":    false,
		"Exceeded rate limits: too many table update operations for this table":                           false,
	} {
		err := explain(&googleapi.Error{Code: http.StatusBadRequest, Message: message})
		if errors.Is(err, ErrConflict) != conflict {
			t.Errorf("%s: a conflict is %v, want %v", message, !conflict, conflict)
		}
	}
}
