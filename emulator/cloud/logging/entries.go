package logging

import (
	"cmp"
	"context"
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/logging/filter"
)

// WriteLogEntries takes entries. Of some that are wrong it takes the others, if the request
// says so, and returns the first error in both cases.
func (s *Service) WriteLogEntries(_ context.Context, r *loggingpb.WriteLogEntriesRequest) (*loggingpb.WriteLogEntriesResponse, error) {
	var made []entry
	var first error
	for _, e := range r.Entries {
		e.LogName = cmp.Or(e.LogName, r.LogName)
		if e.Resource == nil {
			e.Resource = r.Resource
		}
		labels := maps.Clone(r.Labels)
		if labels == nil {
			labels = map[string]string{}
		}
		maps.Copy(labels, e.Labels)
		e.Labels = labels
		done, err := complete(e, time.Now())
		if err == nil {
			made = append(made, done)
		}
		first = cmp.Or(first, err)
	}
	if !r.DryRun && (first == nil || r.PartialSuccess) {
		s.add(made...)
	}
	if first != nil {
		return nil, first
	}
	return &loggingpb.WriteLogEntriesResponse{}, nil
}

// ListLogEntries finds entries.
func (s *Service) ListLogEntries(_ context.Context, r *loggingpb.ListLogEntriesRequest) (*loggingpb.ListLogEntriesResponse, error) {
	found, next, err := s.find(r)
	if err != nil {
		return nil, err
	}
	answer := &loggingpb.ListLogEntriesResponse{NextPageToken: next}
	answer.Entries, err = messages(found)
	return answer, err
}

func messages(entries []entry) ([]*loggingpb.LogEntry, error) {
	var all []*loggingpb.LogEntry
	for _, e := range entries {
		m, err := e.message()
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// find is a page of entries, and the token of what follows.
func (s *Service) find(r *loggingpb.ListLogEntriesRequest) ([]entry, string, error) {
	wanted, err := parse(r.ResourceNames, r.Filter)
	if err != nil {
		return nil, "", err
	}
	compare := byTime
	switch r.OrderBy {
	case "", "timestamp", "timestamp asc":
	case "timestamp desc":
		compare = func(a, b entry) int { return byTime(b, a) }
	default:
		return nil, "", status.Errorf(codes.InvalidArgument, "orderBy %q: want \"timestamp asc\" or \"timestamp desc\".", r.OrderBy)
	}
	if r.PageSize < 0 {
		return nil, "", status.Errorf(codes.InvalidArgument, "pageSize %d: want 1 to %d.", r.PageSize, maxPage)
	}
	found, _, _ := s.since(0, wanted)
	slices.SortFunc(found, compare)
	return page(found, compare, min(cmp.Or(int(r.PageSize), pageSize), maxPage), r.PageToken)
}

// parse is what projects and a filter want.
func parse(names []string, query string) (func(entry) bool, error) {
	if err := projects(names); err != nil {
		return nil, err
	}
	wanted, err := filter.Parse(query)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return func(e entry) bool { return e.of(names) && wanted(e.object) }, nil
}

func byTime(a, b entry) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.number, b.number)) }

// page are at most size entries behind the token's, which has a time and a number.
func page(found []entry, compare func(a, b entry) int, size int, token string) ([]entry, string, error) {
	if token != "" {
		text, err := base64.RawURLEncoding.DecodeString(token)
		at, number, ok := strings.Cut(string(text), " ")
		when, err2 := time.Parse(time.RFC3339Nano, at)
		n, err3 := strconv.ParseInt(number, 10, 64)
		if err != nil || !ok || err2 != nil || err3 != nil {
			return nil, "", status.Errorf(codes.InvalidArgument, "page_token %q is invalid.", token)
		}
		last := entry{at: when, number: n}
		found = slices.DeleteFunc(found, func(e entry) bool { return compare(e, last) <= 0 })
	}
	if len(found) <= size {
		return found, "", nil
	}
	found = found[:size]
	last := found[size-1]
	return found, base64.RawURLEncoding.EncodeToString([]byte(last.at.Format(time.RFC3339Nano) + " " + strconv.FormatInt(last.number, 10))), nil
}

// ListLogs lists the names of logs that have entries.
func (s *Service) ListLogs(_ context.Context, r *loggingpb.ListLogsRequest) (*loggingpb.ListLogsResponse, error) {
	parents := []string{r.Parent}
	if len(r.ResourceNames) > 0 {
		parents = r.ResourceNames
	}
	if err := projects(parents); err != nil {
		return nil, err
	}
	found, _, _ := s.since(0, func(e entry) bool { return e.of(parents) })
	names := map[string]bool{}
	for _, e := range found {
		names[e.log()] = true
	}
	size := min(cmp.Or(int(r.PageSize), pageSize), maxPage)
	list, next, err := api.PageAfter(slices.Sorted(maps.Keys(names)), size, r.PageToken, func(name string) string { return name })
	return &loggingpb.ListLogsResponse{LogNames: list, NextPageToken: next}, err
}

// DeleteLog deletes a log's entries.
func (s *Service) DeleteLog(_ context.Context, r *loggingpb.DeleteLogRequest) (*emptypb.Empty, error) {
	name, err := url.PathUnescape(r.LogName)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "logName %q: %v", r.LogName, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.entries)
	s.entries = slices.DeleteFunc(s.entries, func(e entry) bool {
		log, err := url.PathUnescape(e.log())
		gone := err == nil && log == name
		if gone {
			s.size -= e.size
		}
		return gone
	})
	if len(s.entries) == before {
		return nil, status.Errorf(codes.NotFound, "Log %s does not exist", name)
	}
	return &emptypb.Empty{}, nil
}
