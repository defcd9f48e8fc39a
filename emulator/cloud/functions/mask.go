package functions

import (
	"regexp"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// updated is a function with the fields of a request that a mask names, or with all that
// the request has, where there is no mask.
func updated(f function, body api.Object, mask string) (function, error) {
	var paths [][]string
	for path := range strings.SplitSeq(mask, ",") {
		if path != "" {
			paths = append(paths, fields(path))
		}
	}
	if mask == "" || mask == "*" {
		paths = nil
		for field := range body {
			paths = append(paths, []string{field})
		}
	}
	next, err := api.Changed(f, func(merged api.Object) error {
		for _, path := range paths {
			if !assign(merged, body, path) {
				return status.Errorf(codes.InvalidArgument, "Invalid field mask %q: %s isn't a field of a function that can be updated.", mask, strings.Join(path, "."))
			}
		}
		return nil
	})
	next.Name, next.CreateTime, next.StateMessages = f.Name, f.CreateTime, nil
	return next, err
}

// assign copies the field that a path leads to, or removes it where the request has
// none. It reports false for a path that leads through what is no object.
func assign(to, from api.Object, path []string) bool {
	field := path[0]
	if len(path) == 1 {
		if value, ok := from[field]; ok {
			to[field] = value
		} else {
			delete(to, field)
		}
		return true
	}
	inner, _ := from[field].(api.Object) // nil is an object without fields
	if to[field] == nil {
		to[field] = api.Object{}
	}
	outer, ok := to[field].(api.Object)
	return ok && assign(outer, inner, path[1:])
}

var underscore = regexp.MustCompile(`_([a-z0-9])`)

// fields are the names on a mask's path as JSON has them. Masks may have those of
// protocol buffers: build_config.entry_point.
func fields(path string) []string {
	names := strings.Split(path, ".")
	for n, name := range names {
		if name == strings.ToLower(name) {
			names[n] = underscore.ReplaceAllStringFunc(name, func(s string) string { return strings.ToUpper(s[1:]) })
		}
	}
	return names
}
