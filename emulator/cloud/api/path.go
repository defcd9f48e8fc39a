package api

import "strings"

// Verb parts a resource's path from the custom method behind its colon, which is empty
// where there is none: /v1/projects/p/secrets/s:addVersion has addVersion
// (https://google.aip.dev/136).
func Verb(path string) (resource, verb string) {
	slash := strings.LastIndexByte(path, '/')
	if colon := strings.LastIndexByte(path, ':'); colon > slash {
		return path[:colon], path[colon+1:]
	}
	return path, ""
}

// Segment is the part of a resource name behind a collection's: the location of
// projects/p/locations/l/jobs/j is Segment(name, "locations"). It is empty where the
// name has no such collection.
func Segment(name, collection string) string {
	parts := strings.Split(strings.Trim(name, "/"), "/")
	for n := 0; n+1 < len(parts); n++ {
		if parts[n] == collection {
			return parts[n+1]
		}
	}
	return ""
}
