// Package logging is Cloud Logging's API of version 2 in JSON, with entries in memory
// (https://cloud.google.com/logging/docs/reference/v2/rest): entries are written, listed and
// deleted. It has no tail by gRPC. What else the API has, like metrics, another handler serves.
package logging

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/logging/filter"
)

const (
	// maxBytes of entries in JSON are kept. The oldest go first.
	maxBytes                  = 64 << 20
	pageSize, maxPageSize int = 50, 1000
)

// Service has the entries of all projects. It is an http.Handler for logging.googleapis.com.
type Service struct {
	*api.Router
	mu      sync.Mutex
	entries []entry // in the order in which they came
	size    int     // in bytes
	number  int64   // of the last entry
}

type entry struct {
	at     time.Time
	number int64
	size   int
	object api.Object // is never changed
}

// New returns a service without entries. What it doesn't serve, rest does.
func New(rest http.Handler) *Service {
	s := &Service{Router: api.NewRouter()}
	s.Handle("POST /v2/entries:list", s.list)
	s.Handle("POST /v2/entries:write", s.write)
	s.Handle("GET /v2/projects/{project}/logs", s.logs)
	s.Handle("DELETE /v2/projects/{project}/logs/{log...}", s.deleteLog)
	s.HandleHTTP("/v2/projects/", rest)
	return s
}

// Write makes an entry of a line that a process has written.
func (s *Service) Write(resource Resource, labels map[string]string, line []byte) {
	if e, err := ofLine(resource, labels, line).complete(time.Now()); err == nil { // it always is
		s.add(e)
	}
}

func (s *Service) add(entries ...entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		s.number++
		e.number = s.number
		s.entries, s.size = append(s.entries, e), s.size+e.size
	}
	drop := 0
	for ; s.size > maxBytes; drop++ {
		s.size -= s.entries[drop].size
		s.entries[drop] = entry{}
	}
	s.entries = s.entries[drop:]
}

func (s *Service) write(r *http.Request) (any, error) {
	var body struct {
		LogName        string            `json:"logName"`
		Resource       api.Object        `json:"resource"`
		Labels         map[string]string `json:"labels"`
		Entries        []wire            `json:"entries"`
		PartialSuccess bool              `json:"partialSuccess"`
		DryRun         bool              `json:"dryRun"`
	}
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	var made []entry
	var first error
	for _, w := range body.Entries {
		if w.LogName == "" {
			w.LogName = body.LogName
		}
		if w.Resource == nil {
			w.Resource = body.Resource
		}
		labels := maps.Clone(body.Labels)
		if labels == nil {
			labels = map[string]string{}
		}
		maps.Copy(labels, w.Labels)
		w.Labels = labels
		err := w.check()
		if err == nil {
			var e entry
			e, err = w.complete(time.Now())
			made = append(made, e)
		}
		if first == nil {
			first = err
		}
	}
	if !body.DryRun && (first == nil || body.PartialSuccess) {
		s.add(slices.DeleteFunc(made, func(e entry) bool { return e.object == nil })...)
	}
	return nil, first
}

func (s *Service) list(r *http.Request) (any, error) {
	var body struct {
		ResourceNames []string `json:"resourceNames"`
		Filter        string   `json:"filter"`
		OrderBy       string   `json:"orderBy"`
		PageSize      int      `json:"pageSize"`
		PageToken     string   `json:"pageToken"`
	}
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	wanted, err := filter.Parse(body.Filter)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	descending := body.OrderBy == "timestamp desc"
	if body.OrderBy != "" && body.OrderBy != "timestamp asc" && body.OrderBy != "timestamp" && !descending {
		return nil, status.Errorf(codes.InvalidArgument, "orderBy %q: want \"timestamp asc\" or \"timestamp desc\".", body.OrderBy)
	}
	for _, name := range body.ResourceNames {
		if strings.Count(name, "/") != 1 || !strings.HasPrefix(name, "projects/") {
			return nil, status.Errorf(codes.InvalidArgument, "resourceNames %q: the emulator has entries of projects/PROJECT only.", name)
		}
	}
	if len(body.ResourceNames) == 0 {
		return nil, status.Error(codes.InvalidArgument, "resourceNames is missing.")
	}
	if body.PageSize < 0 {
		return nil, status.Errorf(codes.InvalidArgument, "pageSize %d: want 1 to %d.", body.PageSize, maxPageSize)
	}
	if body.PageSize == 0 {
		body.PageSize = pageSize
	}
	found := s.matching(func(e entry) bool { return of(e, body.ResourceNames) && wanted(e.object) })
	compare := func(a, b entry) int {
		n := a.at.Compare(b.at)
		if n == 0 {
			n = int(a.number - b.number)
		}
		if descending {
			n = -n
		}
		return n
	}
	slices.SortFunc(found, compare)
	return page(found, compare, min(body.PageSize, maxPageSize), body.PageToken)
}

// of reports whether an entry is of one of some projects.
func of(e entry, projects []string) bool {
	log, _ := e.object["logName"].(string)
	return slices.ContainsFunc(projects, func(p string) bool { return strings.HasPrefix(log, p+"/") })
}

func (s *Service) matching(wanted func(entry) bool) []entry {
	s.mu.Lock()
	all := s.entries[:len(s.entries):len(s.entries)]
	all = slices.Clone(all)
	s.mu.Unlock()
	return slices.DeleteFunc(all, func(e entry) bool { return !wanted(e) })
}

// page is the answer of a list: what follows a token's entry, by its time and number.
func page(found []entry, compare func(a, b entry) int, size int, token string) (any, error) {
	if token != "" {
		text, err := base64.RawURLEncoding.DecodeString(token)
		at, number, ok := strings.Cut(string(text), " ")
		when, err2 := time.Parse(time.RFC3339Nano, at)
		n, err3 := strconv.ParseInt(number, 10, 64)
		if err != nil || !ok || err2 != nil || err3 != nil {
			return nil, status.Errorf(codes.InvalidArgument, "page_token %q is invalid.", token)
		}
		last := entry{at: when, number: n}
		found = slices.DeleteFunc(found, func(e entry) bool { return compare(e, last) <= 0 })
	}
	answer := api.Object{}
	if len(found) > size {
		found = found[:size]
		last := found[size-1]
		answer["nextPageToken"] = base64.RawURLEncoding.EncodeToString([]byte(last.at.Format(time.RFC3339Nano) + " " + strconv.FormatInt(last.number, 10)))
	}
	objects := []api.Object{}
	for _, e := range found {
		objects = append(objects, e.object)
	}
	answer["entries"] = objects
	return answer, nil
}

func (s *Service) logs(r *http.Request) (any, error) {
	if err := api.Parameters(r, "pageSize", "pageToken"); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, e := range s.matching(func(e entry) bool { return of(e, []string{"projects/" + r.PathValue("project")}) }) {
		names[e.object["logName"].(string)] = true
	}
	list, next, err := api.Page(r, slices.Sorted(maps.Keys(names)), maxPageSize, func(name string) string { return name })
	return api.Object{"logNames": list, "nextPageToken": next}, err
}

func (s *Service) deleteLog(r *http.Request) (any, error) {
	name := "projects/" + r.PathValue("project") + "/logs/" + r.PathValue("log")
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.entries)
	s.entries = slices.DeleteFunc(s.entries, func(e entry) bool {
		log, err := url.PathUnescape(e.object["logName"].(string))
		gone := err == nil && log == name
		if gone {
			s.size -= e.size
		}
		return gone
	})
	if len(s.entries) == before {
		return nil, status.Errorf(codes.NotFound, "Log %s does not exist", name)
	}
	return nil, nil
}
