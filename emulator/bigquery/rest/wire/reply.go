package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// contentJSON has no charset: JSON is UTF-8.
const contentJSON = "application/json"

func Reply(w http.ResponseWriter, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a response of type %T: %w", v, err)
	}
	return replyRaw(w, data)
}

func replyRaw(w http.ResponseWriter, data []byte) error {
	w.Header().Set("Content-Type", contentJSON)
	_, _ = w.Write(data) // the client is gone when this fails
	return nil
}

// SelfLink is the address of a resource under this server.
func SelfLink(r *http.Request, elem ...string) string {
	return "http://" + r.Host + "/bigquery/v2/projects/" + strings.Join(elem, "/")
}

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
	start, err := fromToken(r.URL.Query().Get("pageToken"))
	if err != nil {
		return 0, 0, "", err
	}
	limit, err := IntParam(r, "maxResults", def)
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
