package api

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// systemParameters may stand in every request
// (https://cloud.google.com/apis/docs/system-parameters). An answer always has all of
// its fields, whatever "fields" asks for.
var systemParameters = []string{"alt", "access_token", "fields", "key", "prettyPrint", "quotaUser", "userIp", "$.xgafv", "$alt", "callback"}

// Parameters refuses the first query parameter that is neither one of those that a
// method honours nor one of the system's. Empty and false ones say what holds anyway.
func Parameters(r *http.Request, honoured ...string) error {
	query := r.URL.Query()
	var names []string
	for name, values := range query {
		if values[0] != "" && !strings.EqualFold(values[0], "false") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(honoured, name) && !slices.Contains(systemParameters, name) {
			return status.Errorf(codes.InvalidArgument, "Invalid JSON payload received. Unknown name %q: the emulator has no such parameter of %s %s.", name, r.Method, r.URL.Path)
		}
	}
	if alt := query.Get("alt"); alt != "" && alt != "json" && !slices.Contains(honoured, "alt") {
		return status.Errorf(codes.InvalidArgument, "alt=%s: the emulator answers %s %s in JSON only.", alt, r.Method, r.URL.Path)
	}
	return nil
}

// Page is the part of a sorted list that a request asks for by pageSize (at most, and
// without one, size) and pageToken, and the token of what follows, which is empty at the
// end. The key is what the list is sorted by. An element that is deleted between two pages moves no other.
func Page[T any](r *http.Request, list []T, size int, key func(T) string) (page []T, next string, err error) {
	query := r.URL.Query()
	if s := query.Get("pageSize"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return nil, "", status.Errorf(codes.InvalidArgument, "Invalid value at 'page_size' (TYPE_INT32), %q", s)
		}
		if n > 0 {
			size = min(size, n)
		}
	}
	return PageAfter(list, size, query.Get("pageToken"), key)
}

// PageAfter is Page for APIs that name the two otherwise.
func PageAfter[T any](list []T, size int, token string, key func(T) string) (page []T, next string, err error) {
	if token != "" {
		last, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			return nil, "", status.Errorf(codes.InvalidArgument, "The page token %q is invalid.", token)
		}
		from := slices.IndexFunc(list, func(e T) bool { return key(e) > string(last) })
		if from < 0 {
			from = len(list)
		}
		list = list[from:]
	}
	if len(list) <= size {
		return list, "", nil
	}
	return list[:size], base64.RawURLEncoding.EncodeToString([]byte(key(list[size-1]))), nil
}

// Listed is the answer of a list, whose next page token is left out at the end.
func Listed(field string, page any, next string) Object {
	answer := Object{field: page}
	if next != "" {
		answer["nextPageToken"] = next
	}
	return answer
}

// Locations are those of an API, by their ids. The collection is projects/P/locations.
func Locations(collection string, ids []string) Object {
	all := []Object{}
	for _, id := range ids {
		all = append(all, Object{"name": collection + "/" + id, "locationId": id})
	}
	return Object{"locations": all}
}
