package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// read reads a resource of a request's body, which check may refuse or complete.
func read[T any](w http.ResponseWriter, r *http.Request, check func(*http.Request, *T) error) (*T, error) {
	resource := new(T)
	if err := wire.Decode(w, r, resource); err != nil {
		return nil, err
	}
	return resource, check(r, resource)
}

// inserting serves POST: it creates the resource of the body.
func inserting[T any](
	check func(*http.Request, *T) error,
	create func(engine.API, context.Context, *T) (*T, error),
	reply func(http.ResponseWriter, *http.Request, *T) error,
) serveFunc {
	return func(h *Handler, w http.ResponseWriter, r *http.Request) error {
		resource, err := read(w, r, check)
		if err != nil {
			return err
		}
		out, err := create(h.engine, r.Context(), resource)
		if err != nil {
			return err
		}
		return reply(w, r, out)
	}
}

// changer changes the resource that the path names, and refuses a body that names another one.
type changer[T any] func(h *Handler, w http.ResponseWriter, r *http.Request, body *T, change func(*T) error) error

// updating serves PUT: the body takes a resource's place. keep carries over what it can't change.
func updating[T any](change changer[T], keep func(resource, old *T)) serveFunc {
	return func(h *Handler, w http.ResponseWriter, r *http.Request) error {
		body := new(T)
		if err := wire.Decode(w, r, body); err != nil {
			return err
		}
		return change(h, w, r, body, func(resource *T) error {
			old := *resource
			*resource = *body
			keep(resource, &old)
			return nil
		})
	}
}

// patching serves PATCH: the names in fixed are what clients can't change.
func patching[T any](change changer[T], fixed ...string) serveFunc {
	return func(h *Handler, w http.ResponseWriter, r *http.Request) error {
		p, err := readPatch(w, r, reflect.TypeFor[T]())
		if err != nil {
			return err
		}
		body := new(T)
		if err := p.apply(body); err != nil {
			return err
		}
		return change(h, w, r, body, func(resource *T) error { return p.apply(resource, fixed...) })
	}
}

// A patch is the body of a PATCH request, a JSON merge patch (RFC 7396).
type patch map[string]any

// readPatch reads the patch of a resource of a type, held against its fields.
func readPatch(w http.ResponseWriter, r *http.Request, t reflect.Type) (patch, error) {
	data, err := wire.ReadBody(w, r)
	if err != nil {
		return nil, err
	}
	return wire.Object(data, t)
}

// apply changes resource, a pointer to a struct, as the patch says. The names
// in fixed are what clients can't change; the patch's values for them are ignored.
func (p patch) apply(resource any, fixed ...string) error {
	data, err := json.Marshal(resource)
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		return err
	}
	change := make(map[string]any, len(p))
	for k, v := range p {
		change[k] = v
	}
	for _, name := range fixed {
		delete(change, name)
	}
	merge(tree, change)
	if data, err = json.Marshal(tree); err != nil {
		return err
	}
	reflect.ValueOf(resource).Elem().SetZero() // Unmarshal would keep what the patch has removed
	return wire.Unmarshal(data, resource)
}

func merge(into, change map[string]any) {
	for k, v := range change {
		if v == nil {
			delete(into, k)
			continue
		}
		sub, ok := v.(map[string]any)
		if !ok {
			into[k] = v
			continue
		}
		old, ok := into[k].(map[string]any)
		if !ok {
			old = map[string]any{}
		}
		merge(old, sub)
		into[k] = old
	}
}
