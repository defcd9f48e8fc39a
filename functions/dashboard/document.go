package dashboard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// document is a body that is encoded and compressed once and served many
// times. It is immutable: other content is another document with another tag.
type document struct {
	contentType string
	identity    encoded
	gzip        encoded
}

// encoded is one representation, with the strong ETag that belongs to it and
// the headers as net/http keeps them.
type encoded struct {
	body []byte
	tag  string
}

func newDocument(contentType string, body []byte) (*document, error) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write(body); err != nil {
		return nil, fmt.Errorf("compress a %s of %d bytes: %w", contentType, len(body), err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress a %s of %d bytes: %w", contentType, len(body), err)
	}
	v := version(body)
	return &document{
		contentType: contentType,
		identity:    encoded{body: body, tag: `"` + v + `"`},
		gzip:        encoded{body: z.Bytes(), tag: `"` + v + `-gzip"`},
	}, nil
}

const jsonType = "application/json; charset=utf-8"

// marshal encodes a value, with a line end for those who read it in a terminal.
func marshal(value any) ([]byte, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	return append(body, '\n'), nil
}

// version names content by its hash: 96 bits of SHA-256.
func version(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// serve answers a GET or HEAD with the representation that the request
// accepts, or with 304 where the caller has it. Cache-Control is the caller's.
func (d *document) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	e := &d.identity
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		e = &d.gzip
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", e.tag)
	if d.matches(r.Header.Get("If-None-Match")) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", d.contentType)
	h.Set("Content-Length", strconv.Itoa(len(e.body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(e.body) // the client has gone: nobody to tell
	}
}

// matches compares as RFC 9110 wants it for If-None-Match: weakly, against any
// of a list. A cache may hold either representation.
func (d *document) matches(list string) bool {
	for list != "" {
		var tag string
		tag, list, _ = strings.Cut(list, ",")
		switch strings.TrimPrefix(strings.TrimSpace(tag), "W/") {
		case "*", d.identity.tag, d.gzip.tag:
			return true
		}
	}
	return false
}

// acceptsGzip reads an Accept-Encoding header.
func acceptsGzip(header string) bool {
	for header != "" {
		var part string
		part, header, _ = strings.Cut(header, ",")
		coding, quality, _ := strings.Cut(part, ";")
		if c := strings.TrimSpace(coding); strings.EqualFold(c, "gzip") || c == "*" {
			return !refused(quality)
		}
	}
	return false
}

// refused says whether a quality such as "q=0" or " q=0.000" rules a coding out.
func refused(quality string) bool {
	q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(quality)), "q=")
	return ok && q != "" && strings.Trim(q, "0.") == ""
}
