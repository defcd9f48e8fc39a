package bqerror

import (
	"reflect"
	"slices"
	"strings"
)

// Others refuses by name the fields of a part of a request that are set, but for those that
// are honoured. v is a pointer to a struct, and path its name; nil has no fields.
func Others(path string, v any, honoured ...string) error {
	return refuse(path, v, func(name string) bool { return !slices.Contains(honoured, name) })
}

// Ignored refuses by name those fields of a resource that are set and would be ignored. v and
// path are as of Others.
func Ignored(path string, v any, names ...string) error {
	return refuse(path, v, func(name string) bool { return slices.Contains(names, name) })
}

// refuse names the first field that is set and refused.
func refuse(path string, v any, refused func(name string) bool) error {
	s := reflect.ValueOf(v)
	if s.IsNil() {
		return nil
	}
	s = s.Elem()
	for i := range s.NumField() {
		name, _, _ := strings.Cut(s.Type().Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" || s.Field(i).IsZero() || !refused(name) {
			continue
		}
		if l := s.Field(i); l.Kind() == reflect.Slice && l.Len() == 0 {
			continue
		}
		e := Unsupported("The field %s", strings.TrimPrefix(path+"."+name, "."))
		e.Location = ""
		return e
	}
	return nil
}
