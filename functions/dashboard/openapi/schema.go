package openapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// object is a JSON object.
type object map[string]any

// schemas makes JSON Schemas (2020-12) of the types that answers are encoded from: so the
// description is theirs. An object has the members that its type has, and no others.
type schemas struct {
	components object // by name of the type
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

// of is the schema of a type; one that has a name is a component.
func (s *schemas) of(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return object{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return nullable(s.of(t.Elem()))
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())} // an empty list is [], never null
	case reflect.Map:
		return nullable(object{"type": "object", "additionalProperties": s.of(t.Elem())})
	case reflect.Struct:
		return s.component(t)
	}
	panic(fmt.Sprintf("openapi: no answer has a %v", t)) // a type that is new here; a test makes the description
}

// nullable also permits null: what doesn't exist.
func nullable(schema object) object {
	if kind, plain := schema["type"].(string); plain {
		schema["type"] = []string{kind, "null"}
		return schema
	}
	return object{"anyOf": []object{schema, {"type": "null"}}}
}

func (s *schemas) component(t reflect.Type) object {
	name := t.Name()
	if _, known := s.components[name]; !known {
		s.components[name] = nil // while it is made: a type may have itself
		properties, required := object{}, []string{}
		s.members(t, properties, &required)
		s.components[name] = object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	}
	return ref(name)
}

// members adds what encoding/json makes of the fields of a struct.
func (s *schemas) members(t reflect.Type, properties object, required *[]string) {
	for field := range t.Fields() {
		tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && tag == "":
			s.members(field.Type, properties, required)
			continue
		case tag == "-" || !field.IsExported():
			continue
		case tag == "":
			tag = field.Name
		}
		properties[tag] = s.of(field.Type)
		if !strings.Contains(options, "omitempty") {
			*required = append(*required, tag)
		}
	}
}
