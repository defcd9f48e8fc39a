// Package function serves a stage as an HTTP function: it registers the stage
// with functions-framework-go, builds it, bounds its requests and ends it.
//
// A stage is built when its first request arrives, once in the life of a
// process: the framework loads every function of an archive, and serves only
// one of them. A configuration that can't be used is logged with every request,
// with all of its errors, until it is corrected. A failure that passes, such as
// missing credentials, is tried again with the next request.
//
// A stage ends when the platform sends SIGTERM; see [Stage] and Register.
package function

import (
	"context"
	"net/http"
	"os"
	"sync"

	"github.com/GoogleCloudPlatform/functions-framework-go/functions"

	"github.com/tallystream/tallystream/shared/logging"
)

// A Stage is one of the functions of the count.
type Stage interface {
	http.Handler

	// Close takes no new work, ends at the next safe point what is under way,
	// writes out what clients buffer, and closes them. Where ctx ends first, what
	// is left is cut off, and the error says so.
	Close(ctx context.Context) error
}

// Register makes a stage known under name, which is the entry point that a
// deployment names. A process builds it with configFrom and newStage for its
// first request; ctx of newStage is never done.
//
// The stage is closed when the process receives SIGTERM, and the process exits:
// with status 0, or 1 where something was cut off.
func Register[C any, S Stage](
	name string,
	configFrom func(getenv func(string) string) (C, error),
	newStage func(ctx context.Context, c C) (S, error),
) {
	functions.HTTP(name, process().handler(name, func() (Stage, error) {
		c, err := configFrom(os.Getenv)
		if err != nil {
			return nil, err
		}
		s, err := newStage(context.Background(), c)
		if err != nil {
			return nil, err // not a typed nil
		}
		return s, nil
	}).ServeHTTP)
}

// process is the host of the stages of this process.
var process = sync.OnceValue(func() *host { return newHost(logging.Default()) })
