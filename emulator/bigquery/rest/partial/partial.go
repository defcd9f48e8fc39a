// Package partial answers with the part of a resource that a request asks for by its parameter fields.
package partial

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// A mask is the part of an answer that the parameter fields asks for, by names; nil is all of it
// (https://cloud.google.com/bigquery/docs/api-performance#partial-response).
type mask map[string]mask

// parseMask reads a list such as kind,tables(id,labels/a),*/etag.
func parseMask(text string) (mask, error) {
	m := mask{}
	rest, err := m.list(text)
	if err == nil && rest != "" {
		err = badMask(text)
	}
	return m, err
}

func badMask(text string) error {
	return wire.BadParam("fields", text, "a list of names, with those of their parts in parentheses or behind a slash")
}

// list reads names up to a closing parenthesis or the end, and returns what comes then.
func (m mask) list(text string) (rest string, err error) {
	for {
		if text, err = m.item(text); err != nil {
			return "", err
		}
		next, more := strings.CutPrefix(text, ",")
		if !more {
			return text, nil
		}
		text = next
	}
}

// item reads a name with its parts.
func (m mask) item(text string) (rest string, err error) {
	end := strings.IndexAny(text, ",/()")
	if end < 0 {
		end = len(text)
	}
	name, rest := strings.TrimSpace(text[:end]), text[end:]
	if name == "" {
		return "", badMask(text)
	}
	if rest == "" || rest[0] == ',' || rest[0] == ')' {
		m[name] = nil
		return rest, nil
	}
	sub, known := m[name]
	if !known {
		sub = mask{}
		m[name] = sub
	} else if sub == nil { // all of it is asked for already
		sub = mask{}
	}
	if rest[0] == '/' {
		return sub.item(rest[1:])
	}
	if rest, err = sub.list(rest[1:]); err != nil {
		return "", err
	}
	rest, closed := strings.CutPrefix(rest, ")")
	if !closed {
		return "", badMask(text)
	}
	return rest, nil
}

// of is the part of some JSON: of a list that of each element. What is no object has no parts.
func (m mask) of(data json.RawMessage) (json.RawMessage, error) {
	if m == nil {
		return data, nil
	}
	switch data = bytes.TrimSpace(data); data[0] {
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(data, &list); err != nil {
			return nil, err
		}
		for i := range list {
			var err error
			if list[i], err = m.of(list[i]); err != nil {
				return nil, err
			}
		}
		return json.Marshal(list)
	case '{':
		var all map[string]json.RawMessage
		if err := json.Unmarshal(data, &all); err != nil {
			return nil, err
		}
		for name, v := range all {
			sub, ok := m[name]
			if !ok {
				sub, ok = m["*"]
			}
			if !ok {
				delete(all, name)
				continue
			}
			var err error
			if all[name], err = sub.of(v); err != nil {
				return nil, err
			}
		}
		return json.Marshal(all)
	}
	return data, nil
}

// Serve serves a request and answers with the part of the answer that its parameter fields asks for. Errors come whole.
func Serve(w http.ResponseWriter, r *http.Request, serve func(http.ResponseWriter, *http.Request) error) error {
	text := r.URL.Query().Get("fields")
	if text == "" {
		return serve(w, r)
	}
	m, err := parseMask(text)
	if err != nil {
		return err
	}
	whole := &held{ResponseWriter: w, status: http.StatusOK}
	if err := serve(whole, r); err != nil {
		return err
	}
	data := whole.data.Bytes()
	if len(bytes.TrimSpace(data)) > 0 {
		if data, err = m.of(data); err != nil {
			return err
		}
	}
	w.WriteHeader(whole.status)
	_, _ = w.Write(data) // the client is gone when this fails
	return nil
}

// held keeps an answer back.
type held struct {
	http.ResponseWriter
	status int
	data   bytes.Buffer
}

func (w *held) WriteHeader(status int)         { w.status = status }
func (w *held) Write(data []byte) (int, error) { return w.data.Write(data) }
