package logging

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// Handler wraps next so that every invocation writes one line. Its message is the
// function's name. Its attributes are status, duration, path (unless that is the root),
// and what [Add] collected. Its level is debug for a status below 400, warn below 500,
// and error from 500 on; [Raise] makes it higher. After a panic the answer has status
// 500, the stack is logged, and the process goes on.
func Handler(name string, log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inv := newInvocation(name, r)
		ctx := contextWith(r.Context(), inv)
		rec := &statusRecorder{ResponseWriter: w}
		start := time.Now()
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				Add(ctx, slog.Any("panic", p), slog.String(stackKey, string(debug.Stack())))
				if rec.status == 0 {
					http.Error(rec, "internal error", http.StatusInternalServerError)
				}
				Raise(ctx, slog.LevelError)
			}
			inv.write(ctx, log, rec.code(), time.Since(start))
		}()
		next.ServeHTTP(rec, r.WithContext(ctx))
	})
}

// statusRecorder records the status of an answer. http.ResponseController finds the
// ResponseWriter below it by Unwrap.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *statusRecorder) WriteHeader(code int) {
	if s.status == 0 {
		s.status = code
	}
	s.ResponseWriter.WriteHeader(code)
}

func (s *statusRecorder) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

func (s *statusRecorder) code() int {
	if s.status == 0 {
		return http.StatusOK
	}
	return s.status
}
