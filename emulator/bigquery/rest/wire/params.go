package wire

import (
	"net/http"
	"strconv"
)

// IntParam reads a non-negative number from the query string; def when absent.
func IntParam(r *http.Request, name string, def int64) (int64, error) {
	s := r.URL.Query().Get(name)
	if s == "" {
		return def, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		e := Errorf(http.StatusBadRequest, "invalidParameter", "Invalid value for %s: %q is not a non-negative integer", name, s)
		e.Location = name
		return 0, e
	}
	return n, nil
}

func BoolParam(r *http.Request, name string) bool {
	b, _ := strconv.ParseBool(r.URL.Query().Get(name))
	return b
}
