package rest

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// uploadJob begins or continues the upload of a load job's content.
func uploadJob(h *Handler, w http.ResponseWriter, r *http.Request) error {
	if id := r.URL.Query().Get("upload_id"); id != "" {
		return h.continueUpload(w, r, id)
	}
	switch kind := r.URL.Query().Get("uploadType"); kind {
	case "multipart":
		return h.multipartUpload(w, r)
	case "resumable":
		return h.beginUpload(w, r)
	case "":
		return wire.Required("uploadType")
	default:
		return wire.NotSupported("The upload type %s", kind)
	}
}

// multipartUpload takes a job and its content from one multipart/related body.
func (h *Handler) multipartUpload(w http.ResponseWriter, r *http.Request) error {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") || params["boundary"] == "" {
		return wire.Invalid("A multipart upload needs a Content-Type of multipart/related with a boundary, not %q", r.Header.Get("Content-Type"))
	}
	b, err := wire.Body(w, r, maxUpload+wire.MaxBody)
	if err != nil {
		return err
	}
	parts, err := readParts(multipart.NewReader(b, params["boundary"]))
	if err != nil {
		return err
	}
	var req bqv2.Job
	if err := wire.Request(parts[0], &req); err != nil {
		return err
	}
	return h.loadUploaded(w, r, &req, parts[1])
}

// readParts reads the two parts of an upload, the job and its content.
func readParts(mr *multipart.Reader) ([][]byte, error) {
	var parts [][]byte
	for {
		p, err := mr.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, wire.ReadError(err)
		}
		if len(parts) == 2 {
			return nil, wire.Invalid("A multipart upload has two parts, the job and its content; this one has more")
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return nil, wire.ReadError(err)
		}
		parts = append(parts, data)
	}
	if len(parts) != 2 {
		return nil, wire.Invalid("A multipart upload has two parts, the job and its content; this one has %d", len(parts))
	}
	return parts, nil
}

// loadUploaded starts the load of uploaded content.
func (h *Handler) loadUploaded(w http.ResponseWriter, r *http.Request, req *bqv2.Job, media []byte) error {
	if c := req.Configuration; c != nil && c.Load == nil {
		return wire.Invalid("An upload is for load jobs only")
	}
	if media == nil {
		media = []byte{}
	}
	j, err := h.newJob(r, req, media)
	if err != nil {
		return err
	}
	return h.replyNewJob(w, r, j, uploadGrace)
}
