// Package fieldstest reads Google's description of BigQuery's REST API, the discovery document, for tests that
// hold the emulator to it.
package fieldstest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A Schema is a type of the document, or a field of one.
type Schema struct {
	Ref         string            `json:"$ref"`
	Description string            `json:"description"`
	Type        string            `json:"type"`
	Format      string            `json:"format"`
	Enum        []string          `json:"enum"`
	ReadOnly    bool              `json:"readOnly"`
	Properties  map[string]Schema `json:"properties"`
	Items       *Schema           `json:"items"`
	Values      *Schema           `json:"additionalProperties"`
}

// OutputOnly reports whether the document says that only the service sets a field, in one of its ways.
func (s Schema) OutputOnly() bool {
	text := strings.ToLower(strings.TrimLeft(s.Description, "["))
	return s.ReadOnly || strings.HasPrefix(text, "output only") || strings.HasPrefix(text, "output-only")
}

// A Method is one of the API.
type Method struct {
	ID         string `json:"id"` // such as bigquery.tables.list
	Request    Schema `json:"request"`
	Parameters map[string]struct {
		Location string `json:"location"` // path or query
	} `json:"parameters"`
}

// A Document is all of the API.
type Document struct {
	Schemas   map[string]Schema
	Resources map[string]struct{ Methods map[string]Method }
}

// Load reads the document that comes with the client library.
func Load(t *testing.T) *Document {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a moment, on an idle machine
	defer cancel()
	dir, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "bigquery", "v2", "bigquery-api.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc := new(Document)
	if err := json.Unmarshal(data, doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Schemas) == 0 || len(doc.Resources) == 0 {
		t.Fatal("the discovery document of google.golang.org/api is empty")
	}
	return doc
}

// Object is the type of a field of a type, or of the elements of its list or map, with the name that the client
// library gives it; "" where that has no fields.
func (d *Document) Object(typ, field string, s Schema) (string, Schema) {
	s = Element(s)
	switch {
	case len(d.Schemas[s.Ref].Properties) > 0:
		return s.Ref, d.Schemas[s.Ref]
	case s.Properties != nil:
		return typ + strings.ToUpper(field[:1]) + field[1:], s
	}
	return "", Schema{}
}

// Element is what a list or map of a field has, or the field itself.
func Element(s Schema) Schema {
	for s.Items != nil || s.Values != nil {
		if s.Items != nil {
			s = *s.Items
		} else {
			s = *s.Values
		}
	}
	return s
}

// Sample is a value of a field, as JSON has it, that is not the one of a field without a value.
func (d *Document) Sample(s Schema) any {
	switch {
	case s.Items != nil:
		return []any{d.Sample(*s.Items)}
	case s.Values != nil:
		return map[string]any{"a": d.Sample(*s.Values)}
	case s.Ref != "" || s.Properties != nil:
		properties := s.Properties
		if s.Ref != "" {
			properties = d.Schemas[s.Ref].Properties
		}
		all := map[string]any{}
		for name, p := range properties {
			if Element(p).Ref == "" && Element(p).Properties == nil && !p.OutputOnly() {
				all[name] = d.Sample(p)
			}
		}
		for name, p := range properties {
			if len(all) == 0 && !p.OutputOnly() {
				all[name] = d.Sample(p)
			}
		}
		return all
	case len(s.Enum) > 0:
		return s.Enum[len(s.Enum)-1]
	case s.Type == "boolean":
		return true
	case s.Type == "integer":
		return 1
	case s.Type == "number":
		return 0.5
	case strings.HasSuffix(s.Format, "int64") || strings.HasSuffix(s.Format, "Int64Value"):
		return "1"
	}
	return "x"
}
