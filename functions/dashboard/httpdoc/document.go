// Package httpdoc serves documents over HTTP. A body goes in; what comes out is a
// Document that is encoded and compressed once, carries a strong ETag and answers
// conditional requests. It also has the headers of the dashboard's answers: the
// Content-Security-Policy, who may read them, and how long caches keep them.
package httpdoc

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Document is a body that is encoded once, compressed once in each coding, and served
// many times. It is immutable: other content is another document with another tag.
type Document struct {
	contentType []string
	filename    string // under which a browser saves it; empty to show it
	identity    encoded
	compressed  [len(codings)]func() *encoded
	vary        []string
	Tag         string // of the content, without the coding
}

// encoded is one representation, with the headers that belong to it.
type encoded struct {
	body   []byte
	tag    []string // a strong ETag
	coding []string // nil: none
	length []string
}

// New returns a document. It is compressed when a reader first asks for that.
func New(contentType string, body []byte) *Document {
	d := &Document{contentType: []string{contentType}, Tag: Version(body), vary: varyEncoding}
	d.identity = encoded{body: body, tag: []string{`"` + d.Tag + `"`}, length: lengthOf(body)}
	for i, coding := range codings {
		d.compressed[i] = sync.OnceValue(func() *encoded {
			z := compress(body, coding)
			return &encoded{body: z, tag: []string{d.tagOf(coding)}, coding: []string{coding}, length: lengthOf(z)}
		})
	}
	return d
}

func (d *Document) tagOf(coding string) string { return `"` + d.Tag + "-" + coding + `"` }

func lengthOf(body []byte) []string { return []string{strconv.Itoa(len(body))} }

// JSON returns the document of a value, with a line end for those who read it in
// a terminal.
func JSON(value any) (*Document, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	return New(JSONType, append(body, '\n')), nil
}

// Named makes a browser save the document under a name.
func (d *Document) Named(filename string) *Document {
	d.filename = filename
	return d
}

// Varying says that another document is served at the same address by a request's header.
func (d *Document) Varying(header string) *Document {
	d.vary = []string{varyEncoding[0] + ", " + header}
	return d
}

// Size is the number of bytes of the document, not compressed.
func (d *Document) Size() int { return len(d.identity.body) }

// Body is the content. Nobody changes it.
func (d *Document) Body() []byte { return d.identity.body }

// JSONType is the content type of JSON.
const JSONType = "application/json; charset=utf-8"

// Version names content by its hash: 96 bits of SHA-256.
func Version(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Serve answers a GET or HEAD with the representation that the request
// accepts, or with 304 where the caller has it. Cache-Control is the caller's.
func (d *Document) Serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Vary"] = d.vary
	coding := preferred(r.Header.Get("Accept-Encoding"))
	if tags := r.Header["If-None-Match"]; tags != nil && d.matches(strings.Join(tags, ",")) {
		d.notModified(w, coding)
		return
	}
	e := &d.identity
	if coding >= 0 {
		e = d.compressed[coding]()
	}
	h["Etag"] = e.tag
	if e.coding != nil {
		h["Content-Encoding"] = e.coding
	}
	if d.filename != "" {
		h.Set("Content-Disposition", `attachment; filename="`+d.filename+`"`)
	}
	h["Content-Type"] = d.contentType
	h["Content-Length"] = e.length
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(e.body) // the client has gone: nobody to tell
	}
}

// notModified answers that the reader has the document. It compresses nothing, and says
// nothing of the policy: what the reader has says it already (RFC 9110, 15.4.5).
func (d *Document) notModified(w http.ResponseWriter, coding int) {
	h := w.Header()
	for name := range lasting {
		delete(h, name)
	}
	tag := d.identity.tag
	if coding >= 0 {
		tag = []string{d.tagOf(codings[coding])}
	}
	h["Etag"] = tag
	w.WriteHeader(http.StatusNotModified)
}

var varyEncoding = []string{"Accept-Encoding"}

// matches compares with If-None-Match as RFC 9110 wants it: weakly, with each tag of
// the list. A cache may hold any representation.
func (d *Document) matches(list string) bool {
	for list != "" {
		var tag string
		tag, list, _ = strings.Cut(list, ",")
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" {
			return true
		}
		content, ok := strings.CutPrefix(tag, `"`+d.Tag)
		if !ok {
			continue
		}
		if content == `"` {
			return true
		}
		for _, coding := range codings {
			if len(content) == len(coding)+2 && content[0] == '-' && content[1:1+len(coding)] == coding {
				return true
			}
		}
	}
	return false
}
