package wire

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/fields"
)

// MaxBody is BigQuery's limit for the JSON of one request
// (https://cloud.google.com/bigquery/quotas#streaming_inserts).
const MaxBody = 10 << 20

// Body returns the request's body, unpacked and limited. The limit holds for
// the unpacked bytes.
func Body(w http.ResponseWriter, r *http.Request, limit int64) (io.Reader, error) {
	if !strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		return http.MaxBytesReader(w, r.Body, limit), nil
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, Invalid("The request body is not gzip, as its Content-Encoding says: %v", err)
	}
	return http.MaxBytesReader(w, z, limit), nil
}

// Decode reads the request's JSON body into v, as Request does.
func Decode(w http.ResponseWriter, r *http.Request, v any) error {
	data, err := ReadBody(w, r)
	if err != nil {
		return err
	}
	return Request(data, v)
}

// ReadBody is the JSON of a request.
func ReadBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	b, err := Body(w, r, MaxBody)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(b)
	if err != nil {
		return nil, ReadError(err)
	}
	return data, nil
}

// Request decodes what a client has sent into v, a pointer to a struct of the client library or to
// one that embeds it. It refuses fields that aren't honoured, and leaves out what the service
// sets. Nothing leaves v alone.
func Request(data []byte, v any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	t := reflect.TypeOf(v).Elem()
	if t.Field(0).Anonymous {
		t = t.Field(0).Type
	}
	body, err := Object(data, t)
	if err != nil {
		return err
	}
	if data, err = json.Marshal(body); err != nil {
		return err
	}
	return Unmarshal(data, v)
}

// Object is the body of a request for a type of the client library, held against its fields.
func Object(data []byte, t reflect.Type) (map[string]any, error) {
	tree, err := decoded(data)
	if err != nil {
		return nil, err
	}
	if tree == nil {
		return map[string]any{}, nil
	}
	body, ok := tree.(map[string]any)
	if !ok {
		return nil, Invalid("Invalid JSON payload received. The body is no JSON object.")
	}
	return body, fields.Check(t, body)
}

// decoded is any JSON, its numbers as they are written.
func decoded(data []byte) (tree any, err error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&tree); err != nil {
		return nil, Errorf(http.StatusBadRequest, "parseError", "Parse Error: %v", err)
	}
	return tree, nil
}

// ReadError is the answer to a request whose body can't be read.
func ReadError(err error) error {
	if e := AsError(err); e.Reason != "emulatorFailure" {
		return e
	}
	return Invalid("The request body could not be read: %v", err)
}

// Unmarshal decodes JSON as Google's servers do: numbers and booleans may come as
// strings, strings as numbers and booleans, and a list of one as its element. The
// official clients rely on it.
func Unmarshal(data []byte, v any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	if json.Unmarshal(data, v) == nil {
		keepEmpty(data, v)
		return nil
	}
	tree, err := decoded(data)
	if err != nil {
		return err
	}
	target := reflect.TypeOf(v).Elem()
	fixed, err := json.Marshal(coerce(target, false, tree))
	if err != nil {
		return Invalid("Invalid JSON payload: %v", err)
	}
	reflect.ValueOf(v).Elem().SetZero()
	if err := json.Unmarshal(fixed, v); err != nil {
		return Invalid("Invalid JSON payload received: %v", err)
	}
	keepEmpty(fixed, v)
	return nil
}

// coerce changes decoded JSON where its scalars don't have the form that the
// type t needs. quoted says that t's field has the option ",string".
func coerce(t reflect.Type, quoted bool, v any) any {
	switch t.Kind() {
	case reflect.Pointer:
		return coerce(t.Elem(), quoted, v)
	case reflect.Struct:
		if obj, ok := v.(map[string]any); ok {
			coerceFields(t, obj)
		}
	case reflect.Slice:
		return coerceList(t, v)
	case reflect.Map:
		if obj, ok := v.(map[string]any); ok {
			for k := range obj {
				obj[k] = coerce(t.Elem(), false, obj[k])
			}
		}
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		return coerceNumber(quoted, v)
	case reflect.Bool:
		if s, ok := v.(string); ok {
			return strings.EqualFold(s, "true")
		}
	case reflect.String:
		switch x := v.(type) {
		case json.Number:
			return x.String()
		case bool:
			return strconv.FormatBool(x)
		}
	}
	return v
}

// coerceList takes a lone value as a list of one.
func coerceList(t reflect.Type, v any) any {
	if v == nil || t.Elem().Kind() == reflect.Uint8 {
		return v
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for i := range list {
		list[i] = coerce(t.Elem(), false, list[i])
	}
	return list
}

func coerceNumber(quoted bool, v any) any {
	switch x := v.(type) {
	case json.Number:
		if quoted {
			return x.String()
		}
	case string:
		if !quoted && json.Valid([]byte(x)) {
			return json.RawMessage(x)
		}
	}
	return v
}

func coerceFields(t reflect.Type, obj map[string]any) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			coerceFields(f.Type, obj)
			continue
		}
		name := jsonName(f)
		_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if v, ok := obj[name]; ok && name != "-" {
			obj[name] = coerce(f.Type, strings.Contains(options, "string"), v)
		}
	}
}

// jsonName is the name of a field in JSON.
func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
