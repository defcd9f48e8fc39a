package schema

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/hamba/avro/v2"
)

// checkJSON returns why a value isn't one of a schema in Avro's JSON encoding
// (avro.apache.org/docs/1.11.1/specification/#json-encoding). at says where it stands.
func checkJSON(s avro.Schema, v any, at string) error {
	switch s := s.(type) {
	case *avro.RefSchema:
		return checkJSON(s.Schema(), v, at)
	case *avro.RecordSchema:
		return checkRecord(s, v, at)
	case *avro.ArraySchema:
		if list, ok := v.([]any); ok {
			return checkItems(s.Items(), slices.All(list), at)
		}
		return fmt.Errorf("%s isn't an array", at)
	case *avro.MapSchema:
		if object, ok := v.(map[string]any); ok {
			return checkItems(s.Values(), maps.All(object), at)
		}
		return fmt.Errorf("%s isn't an object", at)
	case *avro.UnionSchema:
		return checkUnion(s, v, at)
	case *avro.EnumSchema:
		if symbol, ok := v.(string); !ok || !slices.Contains(s.Symbols(), symbol) {
			return fmt.Errorf("%s is %v: want one of %q", at, v, s.Symbols())
		}
		return nil
	case *avro.FixedSchema:
		if text, ok := v.(string); !ok || !latin1(text) || len([]rune(text)) != s.Size() {
			return fmt.Errorf("%s isn't a text of %d bytes", at, s.Size())
		}
		return nil
	}
	if !isPrimitive(s.Type(), v) {
		return fmt.Errorf("%s is %v: want a value of Avro's type %s", at, v, s.Type())
	}
	return nil
}

func checkRecord(s *avro.RecordSchema, v any, at string) error {
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%s isn't an object: want the record %s", at, s.FullName())
	}
	for _, f := range s.Fields() {
		value, ok := object[f.Name()]
		if !ok {
			return fmt.Errorf("%s lacks the field %q", at, f.Name())
		}
		if err := checkJSON(f.Type(), value, at+"."+f.Name()); err != nil {
			return err
		}
	}
	for name := range object {
		if !slices.ContainsFunc(s.Fields(), func(f *avro.Field) bool { return f.Name() == name }) {
			return fmt.Errorf("%s has the field %q, which the schema hasn't", at, name)
		}
	}
	return nil
}

// checkItems checks what an array or a map has by its keys.
func checkItems[Key any](s avro.Schema, items iter.Seq2[Key, any], at string) error {
	for key, item := range items {
		if err := checkJSON(s, item, fmt.Sprintf("%s[%#v]", at, key)); err != nil {
			return err
		}
	}
	return nil
}

// checkUnion takes null, or an object whose only key is the type of its value.
func checkUnion(s *avro.UnionSchema, v any, at string) error {
	if v == nil {
		if !s.Contains(avro.Null) {
			return fmt.Errorf("%s is null, which its union hasn't", at)
		}
		return nil
	}
	object, ok := v.(map[string]any)
	if !ok || len(object) != 1 {
		return fmt.Errorf(`%s is %v: want an object that names the type of the union, like {"string": "x"}`, at, v)
	}
	for name, value := range object {
		for _, branch := range s.Types() {
			if branchName(branch) == name {
				return checkJSON(branch, value, at+"."+name)
			}
		}
		return fmt.Errorf("%s has the type %q, which its union hasn't", at, name)
	}
	return nil
}

// branchName is how JSON names a type of a union.
func branchName(s avro.Schema) string {
	if ref, ok := s.(*avro.RefSchema); ok {
		return ref.Schema().FullName()
	}
	if named, ok := s.(avro.NamedSchema); ok {
		return named.FullName()
	}
	return string(s.Type())
}

func isPrimitive(t avro.Type, v any) bool {
	switch t {
	case avro.Null:
		return v == nil
	case avro.Boolean:
		_, ok := v.(bool)
		return ok
	case avro.String:
		_, ok := v.(string)
		return ok
	case avro.Bytes:
		text, ok := v.(string)
		return ok && latin1(text)
	}
	n, ok := v.(json.Number)
	if !ok {
		return false
	}
	switch t {
	case avro.Int:
		_, err := strconv.ParseInt(n.String(), 10, 32)
		return err == nil
	case avro.Long:
		_, err := strconv.ParseInt(n.String(), 10, 64)
		return err == nil
	case avro.Float, avro.Double:
		f, err := n.Float64()
		return err == nil && (t == avro.Double || math.Abs(f) <= math.MaxFloat32)
	}
	return false
}

// latin1 says that each character of a text stands for a byte, as those of bytes do.
func latin1(text string) bool {
	for _, r := range text {
		if r > 0xff {
			return false
		}
	}
	return true
}
