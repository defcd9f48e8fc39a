package logging

import (
	"encoding/json"
	"net/http"
	"strconv"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// handle serves the methods in JSON.
func (s *Service) handle(rest http.Handler) {
	s.rest.Handle("POST /v2/entries:list", s.list)
	s.rest.Handle("POST /v2/entries:write", func(r *http.Request) (any, error) {
		request := new(loggingpb.WriteLogEntriesRequest)
		if err := read(r, request); err != nil {
			return nil, err
		}
		_, err := s.WriteLogEntries(r.Context(), request)
		return nil, err
	})
	s.rest.Handle("GET /v2/projects/{project}/logs", s.logs)
	s.rest.Handle("DELETE /v2/projects/{project}/logs/{log...}", func(r *http.Request) (any, error) {
		name := "projects/" + r.PathValue("project") + "/logs/" + r.PathValue("log")
		_, err := s.DeleteLog(r.Context(), &loggingpb.DeleteLogRequest{LogName: name})
		return nil, err
	})
	s.rest.HandleHTTP("/v2/projects/", rest)
}

// read reads a message's JSON.
func read(r *http.Request, m proto.Message) error {
	body := json.RawMessage("{}")
	if err := api.Read(r, &body); err != nil {
		return err
	}
	if err := protojson.Unmarshal(body, m); err != nil {
		return status.Errorf(codes.InvalidArgument, "Invalid JSON payload received. %v", err)
	}
	return nil
}

func (s *Service) list(r *http.Request) (any, error) {
	request := new(loggingpb.ListLogEntriesRequest)
	if err := read(r, request); err != nil {
		return nil, err
	}
	found, next, err := s.find(request)
	if err != nil {
		return nil, err
	}
	answer := api.Object{"entries": objects(found)}
	if next != "" {
		answer["nextPageToken"] = next
	}
	return answer, nil
}

func (s *Service) logs(r *http.Request) (any, error) {
	if err := api.Parameters(r, "pageSize", "pageToken"); err != nil {
		return nil, err
	}
	query := r.URL.Query()
	size, err := strconv.ParseUint(query.Get("pageSize"), 10, 31)
	if query.Has("pageSize") && err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "pageSize %q: want a number.", query.Get("pageSize"))
	}
	answer, err := s.ListLogs(r.Context(), &loggingpb.ListLogsRequest{
		Parent: "projects/" + r.PathValue("project"), PageSize: int32(size), PageToken: query.Get("pageToken"),
	})
	return api.Object{"logNames": answer.GetLogNames(), "nextPageToken": answer.GetNextPageToken()}, err
}
