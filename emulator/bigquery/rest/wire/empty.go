package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// keepEmpty notes which values of query parameters are empty texts: the client's struct
// can't tell them from NULL, which has no value, but by ForceSendFields. v was decoded
// from data.
func keepEmpty(data []byte, v any) {
	if !bytes.Contains(data, []byte(`""`)) || !bytes.Contains(data, []byte(`"parameterValue"`)) {
		return
	}
	var tree any
	if json.Unmarshal(data, &tree) == nil {
		markEmpty(reflect.ValueOf(v), tree)
	}
}

func markEmpty(v reflect.Value, tree any) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			markEmpty(v.Elem(), tree)
		}
	case reflect.Slice:
		if list, ok := tree.([]any); ok && len(list) == v.Len() {
			for i := range list {
				markEmpty(v.Index(i), list[i])
			}
		}
	case reflect.Map:
		obj, _ := tree.(map[string]any)
		for _, key := range v.MapKeys() {
			changed := reflect.New(v.Type().Elem()).Elem()
			changed.Set(v.MapIndex(key))
			markEmpty(changed, obj[key.String()])
			v.SetMapIndex(key, changed)
		}
	case reflect.Struct:
		if obj, ok := tree.(map[string]any); ok {
			markEmptyFields(v, obj)
		}
	}
}

func markEmptyFields(v reflect.Value, obj map[string]any) {
	if p, ok := v.Addr().Interface().(*bqv2.QueryParameterValue); ok && obj["value"] == "" {
		if !slices.Contains(p.ForceSendFields, "Value") {
			p.ForceSendFields = append(p.ForceSendFields, "Value")
		}
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch name := jsonName(f); {
		case f.Anonymous:
			markEmpty(v.Field(i), obj)
		case f.IsExported() && name != "-" && obj[name] != nil:
			markEmpty(v.Field(i), obj[name])
		}
	}
}
