// Package fields says of each field of a request's body what the emulator does with it. It refuses
// by name what isn't honoured and what BigQuery doesn't know, and drops what only the service sets.
package fields

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// A Use is what the emulator does with a field.
type Use int

const (
	Honoured Use = iota + 1 // it has its effect, or can be read back
	Output                  // the service sets it: what a request says of it is dropped
	Idle                    // it changes no rows and no answer, and is taken
	Refused                 // a value other than the one that holds anyway is an error
)

// A message is what the emulator does with the fields of a type, names separated by spaces. A
// refused field may bring the value that holds anyway: name=value.
type message struct{ honoured, idle, output, refused string }

// declared are the uses of each field of each type, and the values that are no refusal.
var declared, neutral = func() (map[string]map[string]Use, map[string]string) {
	uses, values := map[string]map[string]Use{}, map[string]string{}
	for name, m := range messages {
		uses[name] = map[string]Use{}
		for use, list := range map[Use]string{Honoured: m.honoured, Idle: m.idle, Output: m.output, Refused: m.refused} {
			for _, field := range strings.Fields(list) {
				field, value, _ := strings.Cut(field, "=")
				uses[name][field] = use
				values[name+"."+field] = value
			}
		}
	}
	return uses, values
}()

// undocumented are fields that the discovery document hasn't got and BigQuery takes without effect.
var undocumented = map[string]bool{
	"DatasetAccess.datasetId": true, // Terraform's google_bigquery_dataset_access sends it
}

// UseOf is what the emulator does with a field of a type of the client library; 0 for one that isn't declared.
func UseOf(typ, field string) Use { return declared[typ][field] }

// Check holds a request's body against a type of the client library, whose fields are named as those of
// the discovery document. It drops from the body what the service sets, and what is refused and has no value.
func Check(t reflect.Type, body map[string]any) error {
	return checkObject(t, body, snake(t.Name()), "")
}

// checkObject checks the members of an object. at is its path in the service's words, of proto names; path is that in JSON.
func checkObject(t reflect.Type, obj map[string]any, at, path string) error {
	names := make([]string, 0, len(obj))
	for name := range obj {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f, ok := member(t, name)
		if undocumented[t.Name()+"."+name] {
			delete(obj, name)
			continue
		}
		if !ok {
			return invalid("Invalid JSON payload received. Unknown name %q at '%s': Cannot find field.", name, at)
		}
		in := strings.TrimPrefix(path+"."+name, ".")
		switch use := declared[t.Name()][name]; {
		case use == Output, use == Refused && empty(f.Type.Kind(), obj[name], neutral[t.Name()+"."+name]):
			delete(obj, name)
		case use == Refused:
			e := bqerror.Unsupported("The field %s", in)
			e.Location = ""
			return e
		case use == 0:
			return fmt.Errorf("the field %s of %s has no declared use", name, t.Name())
		default:
			if err := checkValue(f.Type, obj[name], at+"."+snake(name), in, values[t.Name()+"."+name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// member finds the field of a struct that has a name in JSON.
func member(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); tag == name && name != "-" && name != "" {
			return t.Field(i), true
		}
	}
	return reflect.StructField{}, false
}

// checkValue checks what a field holds. enum has the values that it may have, "" for any.
func checkValue(t reflect.Type, v any, at, path, enum string) error {
	if v == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return checkValue(t.Elem(), v, at, path, enum)
	case reflect.Struct:
		if obj, ok := v.(map[string]any); ok {
			return checkObject(t, obj, at, path)
		}
	case reflect.Slice:
		list, ok := v.([]any)
		if !ok {
			return checkValue(t.Elem(), v, at, path, enum) // which stands for a list of one
		}
		for i, e := range list {
			if err := checkValue(t.Elem(), e, fmt.Sprintf("%s[%d]", at, i), fmt.Sprintf("%s[%d]", path, i), enum); err != nil {
				return err
			}
		}
	case reflect.Map:
		obj, _ := v.(map[string]any)
		for key, e := range obj {
			if err := checkValue(t.Elem(), e, fmt.Sprintf("%s[%q]", at, key), path+"."+key, enum); err != nil {
				return err
			}
		}
	default:
		return checkScalar(t.Kind(), v, at, enum)
	}
	return nil
}

// checkScalar refuses texts that are no value of a field's type.
func checkScalar(kind reflect.Kind, v any, at, enum string) error {
	text, ok := v.(string)
	if !ok {
		return nil
	}
	switch kind {
	case reflect.Bool:
		if !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") {
			return invalid("Invalid value at '%s' (TYPE_BOOL), %q", at, text)
		}
	case reflect.Int64:
		if _, err := strconv.ParseFloat(text, 64); err != nil && text != "" {
			return invalid("Invalid value at '%s' (TYPE_INT64), %q", at, text)
		}
	case reflect.String:
		if enum != "" && text != "" && !slices.Contains(strings.Fields(enum), strings.ToUpper(text)) && !unspecified(text) {
			return invalid("Invalid value at '%s' (TYPE_ENUM), %q. It is one of %s.", at, text, strings.ReplaceAll(enum, " ", ", "))
		}
	}
	return nil
}

// empty says that a value of JSON asks for nothing: it is that of a field without one, or the one that holds anyway.
// kind is the field's in the client library: numbers and booleans may come as texts.
func empty(kind reflect.Kind, v any, neutral string) bool {
	switch x := v.(type) {
	case nil:
		return true
	case bool:
		return !x
	case json.Number:
		return x == "0" || neutral != "" && x.String() == neutral
	case float64:
		return x == 0
	case string:
		zero := kind != reflect.String && (x == "0" || strings.EqualFold(x, "false"))
		return x == "" || zero || unspecified(x) || neutral != "" && x == neutral
	case []any:
		return len(x) == 0
	case map[string]any:
		for _, member := range x {
			if !empty(reflect.String, member, "") {
				return false
			}
		}
		return true
	}
	return false
}

// unspecified says that a text is the first value of an enumeration.
func unspecified(text string) bool { return strings.HasSuffix(text, "_UNSPECIFIED") }

// snake is a name of JSON as the service's messages have it.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func invalid(format string, args ...any) error { return bqerror.Invalid(format, args...) }
