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
		return 0, BadParam(name, s, "a non-negative integer")
	}
	return n, nil
}

// BadParam refuses the value of a parameter of the query string. wanted says what it must be.
func BadParam(name, value, wanted string) error {
	e := Errorf(http.StatusBadRequest, "invalidParameter", "Invalid value for %s: %q is not %s", name, value, wanted)
	e.Location = name
	return e
}

// BoolParam reads a parameter that is true or false, as has been checked.
func BoolParam(r *http.Request, name string) bool {
	b, _ := strconv.ParseBool(r.URL.Query().Get(name))
	return b
}
