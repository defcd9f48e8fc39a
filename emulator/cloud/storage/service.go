// Package storage is Cloud Storage's JSON API of version 1, with the contents of objects
// in a folder and all else in memory (https://cloud.google.com/storage/docs/json_api/v1):
// buckets, objects and their generations, media, multipart and resumable uploads, ranges,
// preconditions, copies, IAM policies, and URLs to upload to. It has no ACLs, lifecycle,
// retention, soft deletion, encryption by keys of one's own, folders and notifications;
// they are refused by name. An object that is stored compressed is sent compressed.
package storage

import (
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
)

// Options configures a service.
type Options struct {
	Policies *policy.Policies
	Dir      string // where contents are kept; it is made if it isn't there
	URL      string // where the service is reached; empty is https://storage.googleapis.com
}

// Service has the buckets of all projects. It is an http.Handler for
// storage.googleapis.com.
type Service struct {
	*api.Router
	policies *policy.Policies
	contents contents
	url      string
	now      func() time.Time

	mu         sync.Mutex
	buckets    map[string]*bucket
	resumables map[string]*resumable
	uploads    map[string]uploadURL // by signature
	generation int64                // the last one given
}

// New returns a service without buckets.
func New(o Options) (*Service, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	s := &Service{
		Router: api.NewRouter(), policies: o.Policies, contents: contents(o.Dir), url: o.URL, now: time.Now,
		buckets: map[string]*bucket{}, resumables: map[string]*resumable{}, uploads: map[string]uploadURL{},
	}
	if s.url == "" {
		s.url = "https://storage.googleapis.com"
	}
	const bucket, object = "/storage/v1/b/{bucket}", "/storage/v1/b/{bucket}/o/{object}"
	for pattern, m := range map[string]method{
		"POST /storage/v1/b":     s.createBucket,
		"GET /storage/v1/b":      s.listBuckets,
		"GET " + bucket:          s.getBucket,
		"PATCH " + bucket:        s.patchBucket,
		"DELETE " + bucket:       s.deleteBucket,
		"GET " + bucket + "/iam": s.getPolicy,
		"PUT " + bucket + "/iam": s.setPolicy,
		"GET " + bucket + "/anywhereCaches": func(_ http.ResponseWriter, r *http.Request) (any, error) {
			_, err := s.findBucket(r)
			return api.Object{"kind": "storage#anywhereCaches"}, err
		},
		"GET " + bucket + "/o": s.listObjects,
		"GET " + object:        s.getObject,
		"PATCH " + object:      s.patchObject,
		"DELETE " + object:     s.deleteObject,
		"POST " + object + "/rewriteTo/b/{toBucket}/o/{toObject}": s.rewrite,
		"POST " + object + "/copyTo/b/{toBucket}/o/{toObject}":    s.copy,
		"GET /download" + object:                                  s.getObject,
		"POST /upload" + bucket + "/o":                            s.upload,
		"PUT /upload" + bucket + "/o":                             s.resume,
		"DELETE /upload" + bucket + "/o":                          s.cancel,
		"PUT /{bucket}/{object...}":                               s.putSigned,
		"PUT /storage/{other...}":                                 unknown,
		"PUT /upload/{other...}":                                  unknown,
	} {
		s.HandleHTTP(pattern, m)
	}
	return s, nil
}

func unknown(_ http.ResponseWriter, r *http.Request) (any, error) { return nil, api.Unknown(r) }

// method answers a request: with JSON, or with nil where it has answered by itself.
type method func(http.ResponseWriter, *http.Request) (any, error)

func (m method) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := m(w, r)
	switch {
	case err != nil:
		writeError(w, err)
	case answer != nil:
		api.Write(w, http.StatusOK, answer)
	}
}

// reasons are the HTTP status and the reason that the JSON API has for a code
// (https://cloud.google.com/storage/docs/json_api/v1/status-codes).
var reasons = map[codes.Code]struct {
	status int
	reason string
}{
	codes.InvalidArgument:    {http.StatusBadRequest, "invalid"},
	codes.PermissionDenied:   {http.StatusForbidden, "forbidden"},
	codes.NotFound:           {http.StatusNotFound, "notFound"},
	codes.AlreadyExists:      {http.StatusConflict, "conflict"},
	codes.FailedPrecondition: {http.StatusPreconditionFailed, "conditionNotMet"},
	codes.OutOfRange:         {http.StatusRequestedRangeNotSatisfiable, "requestedRangeNotSatisfiable"},
	codes.Unimplemented:      {http.StatusNotImplemented, "notImplemented"},
	codes.Aborted:            {http.StatusPreconditionFailed, "conditionNotMet"},
}

func writeError(w http.ResponseWriter, err error) {
	s := status.Convert(err)
	at, ok := reasons[s.Code()]
	if !ok {
		at.status, at.reason = http.StatusInternalServerError, "backendError"
	}
	api.Write(w, at.status, api.Object{"error": api.Object{
		"code": at.status, "message": s.Message(),
		"errors": []api.Object{{"message": s.Message(), "domain": "global", "reason": at.reason}},
	}})
}
