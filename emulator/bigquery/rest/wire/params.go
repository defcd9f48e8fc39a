package wire

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// CommonParams are the parameters that every method of Google's APIs takes
// (https://cloud.google.com/apis/docs/system-parameters). They change no rows: fields
// asks for a part of an answer, see package partial, and the others are for access, quotas and layout.
var CommonParams = []string{"$.xgafv", "$alt", "access_token", "alt", "fields", "key", "oauth_token", "prettyPrint", "quotaUser", "uploadType", "upload_protocol"}

// layouts are the values of alt and $alt. Google's generated clients ask for enums as numbers, and
// read their names too, as JSON of protocol buffers has both.
var layouts = []string{"json", "json;enum-encoding=int"}

// CheckParam refuses a parameter of the query string that is neither one of a method's own nor of CommonParams, and
// a layout that there isn't.
func CheckParam(name string, values, own []string) error {
	if !slices.Contains(own, name) && !slices.Contains(CommonParams, name) {
		return Invalid("Invalid JSON payload received. Unknown name %q: Cannot bind query parameter. Field '%s' could not be found in request message.", name, name)
	}
	if name != "alt" && name != "$alt" {
		return nil
	}
	for _, v := range values {
		if v != "" && !slices.Contains(layouts, strings.ToLower(v)) {
			return BadParam(name, v, "one of "+strings.Join(layouts, ", "))
		}
	}
	return nil
}

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
