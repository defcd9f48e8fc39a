package function

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// A RequestError refuses a request. The stage has done nothing.
type RequestError struct {
	Status int
	Text   string
}

func (e *RequestError) Error() string { return e.Text }

// Status is the status that an error asks for; fallback where it asks for none.
func Status(err error, fallback int) int {
	var refused *RequestError
	if errors.As(err, &refused) {
		return refused.Status
	}
	return fallback
}

// JSON answers with v.
func JSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		Error(w, http.StatusInternalServerError, err)
		return
	}
	body = append(body, '\n')
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the reader is gone
}

// Error answers with {"error": …}.
func Error(w http.ResponseWriter, status int, err error) {
	JSON(w, status, struct {
		Error string `json:"error"`
	}{err.Error()})
}
