package rest

import (
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

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
