package wire

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// A page token is the position of the next item.
func pageToken(next int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte("at:" + strconv.FormatInt(next, 10)))
}

func fromToken(token string) (int64, error) {
	if token == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		if at, ok := strings.CutPrefix(string(raw), "at:"); ok {
			if n, err := strconv.ParseInt(at, 10, 64); err == nil && n >= 0 {
				return n, nil
			}
		}
	}
	e := Errorf(http.StatusBadRequest, "invalid", "Invalid page token: %q", token)
	e.Location = "pageToken"
	return 0, e
}

// Window is the part of a list that a request asks for with maxResults and
// pageToken. next is the token of the following part, "" at the end.
func Window(r *http.Request, n int, def int64) (from, to int, next string, err error) {
	return WindowOf(r, "maxResults", n, def)
}

// WindowOf is Window where another parameter says how long a part may be.
func WindowOf(r *http.Request, most string, n int, def int64) (from, to int, next string, err error) {
	start, err := fromToken(r.URL.Query().Get("pageToken"))
	if err != nil {
		return 0, 0, "", err
	}
	limit, err := IntParam(r, most, def)
	if err != nil {
		return 0, 0, "", err
	}
	from = int(min(start, int64(n)))
	to = int(min(start+limit, int64(n)))
	if to < n && limit > 0 {
		next = pageToken(int64(to))
	}
	return from, max(from, to), next, nil
}
