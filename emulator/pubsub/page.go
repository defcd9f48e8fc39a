package pubsub

import (
	"maps"
	"slices"
	"sort"
)

// page returns one page of the names in m that match, in order, and the token
// of the next page: the last name of this one.
func page[T any](m map[string]T, size int32, token string, match func(string, T) bool) (names []string, next string) {
	all := slices.Sorted(maps.Keys(m))
	all = all[sort.Search(len(all), func(i int) bool { return all[i] > token }):]
	for _, name := range all {
		if !match(name, m[name]) {
			continue
		}
		if size > 0 && len(names) == int(size) {
			return names, names[len(names)-1]
		}
		names = append(names, name)
	}
	return names, ""
}
