package storage

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// item is what a list has: an object, or a prefix that stands for those with it.
type item struct {
	key    string // what the list is sorted by
	prefix string
	object object
}

func (s *Service) listObjects(_ http.ResponseWriter, r *http.Request) (any, error) {
	err := api.Parameters(r, "prefix", "delimiter", "maxResults", "pageToken", "versions", "startOffset", "endOffset",
		"includeTrailingDelimiter", "projection", "includeFoldersAsPrefixes", "userProject")
	if err != nil {
		return nil, err
	}
	size, err := maxResults(r)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.findBucket(r)
	if err != nil {
		return nil, err
	}
	page, next, err := api.PageAfter(b.items(r), size, r.URL.Query().Get("pageToken"), func(i item) string { return i.key })
	if err != nil {
		return nil, err
	}
	answer := struct {
		Kind          string   `json:"kind"`
		NextPageToken string   `json:"nextPageToken,omitempty"`
		Prefixes      []string `json:"prefixes,omitempty"`
		Items         []object `json:"items,omitempty"`
	}{Kind: "storage#objects", NextPageToken: next}
	for _, i := range page {
		if i.prefix != "" {
			answer.Prefixes = append(answer.Prefixes, i.prefix)
		} else {
			answer.Items = append(answer.Items, i.object)
		}
	}
	return answer, nil
}

// items are the objects and prefixes that a list's parameters choose, in order.
func (b *bucket) items(r *http.Request) []item {
	query := r.URL.Query()
	prefix, delimiter, start, end := query.Get("prefix"), query.Get("delimiter"), query.Get("startOffset"), query.Get("endOffset")
	var all []item
	for _, name := range slices.Sorted(maps.Keys(b.objects)) {
		if !strings.HasPrefix(name, prefix) || name < start || end != "" && name >= end {
			continue
		}
		folder := ""
		if delimiter != "" {
			if before, _, found := strings.Cut(name[len(prefix):], delimiter); found {
				folder = prefix + before + delimiter
			}
		}
		if folder != "" && (len(all) == 0 || all[len(all)-1].prefix != folder) {
			all = append(all, item{key: folder, prefix: folder})
		}
		if folder != "" && (folder != name || query.Get("includeTrailingDelimiter") != "true") {
			continue
		}
		for _, o := range b.objects[name] {
			if o.TimeDeleted == "" || query.Get("versions") == "true" {
				all = append(all, item{key: name + "\x00" + o.Generation, object: *o})
			}
		}
	}
	return all
}
