package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
)

// EtagOf returns a tag that changes with the JSON form of v.
func EtagOf(v any) string {
	f := fnv.New128a()
	if err := json.NewEncoder(f).Encode(v); err != nil {
		fmt.Fprint(f, v)
	}
	return base64.StdEncoding.EncodeToString(f.Sum(nil))
}

// MatchEtag holds a change against the request's If-Match.
func MatchEtag(r *http.Request, etag string) error {
	want := r.Header.Get("If-Match")
	if want == "" || want == "*" || want == etag {
		return nil
	}
	e := Errorf(http.StatusPreconditionFailed, "conditionNotMet", "Precondition check failed: If-Match is %s, the resource's etag is %s.", want, etag)
	e.Location = "If-Match"
	return e
}
