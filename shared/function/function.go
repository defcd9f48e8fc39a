// Package function registers a stage with functions-framework-go.
//
// A stage is built when its first request arrives, once in the life of a
// process: the framework loads every function of an archive, and only one of
// them is served. A configuration that can't be used is therefore logged with
// every request, with all of its errors, until it is mended; and a failure that
// passes, such as credentials that can't be had at the moment, is tried again.
package function

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"sync"

	"github.com/GoogleCloudPlatform/functions-framework-go/functions"

	"github.com/tallystream/tallystream/shared/logging"
)

// Build makes a stage from an environment. The context lives as long as the
// process.
type Build func(ctx context.Context, getenv func(string) string) (http.Handler, error)

// Register makes the function known under name, which is the entry point that a
// deployment names.
func Register(name string, build Build) {
	log := logging.Default()
	functions.HTTP(name, Handler(name, log, build, os.Getenv).ServeHTTP)
}

// Handler builds a stage on the first request and serves it, with one line of
// log per invocation. Requests with huge headers don't get that far.
func Handler(name string, log *slog.Logger, build Build, getenv func(string) string) http.Handler {
	var mu sync.Mutex
	var built http.Handler
	stage := func() (http.Handler, error) {
		mu.Lock()
		defer mu.Unlock()
		if built == nil {
			h, err := build(context.Background(), getenv)
			if err != nil {
				return nil, err
			}
			built = h
		}
		return built, nil
	}
	return logging.Handler(name, log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := checkHeader(r); err != nil {
			Error(w, Status(err, http.StatusBadRequest), err)
			return
		}
		h, err := stage()
		if err != nil {
			logging.Add(r.Context(), slog.String("error", err.Error()))
			Error(w, http.StatusInternalServerError, errors.New("the function can't start: its log says why"))
			return
		}
		h.ServeHTTP(w, r)
	}))
}

// JSON answers with v.
func JSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the reader is gone
}

// Error answers with {"error": …}.
func Error(w http.ResponseWriter, status int, err error) {
	JSON(w, status, struct {
		Error string `json:"error"`
	}{err.Error()})
}
