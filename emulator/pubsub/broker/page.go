package broker

import (
	"maps"
	"slices"
	"sort"
	"strings"
)

// Page says which page of a list is wanted.
type Page struct {
	Size  int32  // most entries; 0 is all
	Token string // empty for the first page
}

// page returns one page of the names in m that match, in order, and the token of the
// next page: the last name of this one.
func page[T any](m map[string]T, p Page, match func(name string) bool) (names []string, next string) {
	all := slices.Sorted(maps.Keys(m))
	all = all[sort.Search(len(all), func(i int) bool { return all[i] > p.Token }):]
	for _, name := range all {
		if !match(name) {
			continue
		}
		if p.Size > 0 && len(names) == int(p.Size) {
			return names, names[len(names)-1]
		}
		names = append(names, name)
	}
	return names, ""
}

// resources returns one page of what m holds under names with a prefix, and the token of
// the next page.
func resources[T, R any](m map[string]T, p Page, prefix string, resource func(T) R) (list []R, next string) {
	names, next := page(m, p, func(name string) bool { return strings.HasPrefix(name, prefix) })
	for _, name := range names {
		list = append(list, resource(m[name]))
	}
	return list, next
}
