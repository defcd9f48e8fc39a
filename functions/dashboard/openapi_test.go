package dashboard

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/election"
)

// TestAnswersAreAsDescribed holds every answer to the schema that the description of the API
// has for it.
func TestAnswersAreAsDescribed(t *testing.T) {
	c := testConfig(t)
	described := ask(newHandlerWith(t, c, &sample.Store{Next: sample.Returns(sample.Small(), nil)}), "GET", "/api/v1/openapi.json")
	text := body(t, described)
	description, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("openapi.json", description); err != nil {
		t.Fatal(err)
	}
	paths := description.(map[string]any)["paths"].(map[string]any)
	if len(paths) != 4+2*9+2 {
		t.Errorf("%d addresses are described", len(paths))
	}
	results, err := compiler.Compile("openapi.json#/components/schemas/Document")
	if err != nil {
		t.Fatal(err)
	}
	if err := results.Validate(map[string]any{"version": "1"}); err == nil {
		t.Error("a document that lacks almost everything is as described")
	}
	type one struct {
		e *election.Election
		s *snapshot.Snapshot
	}
	all := map[string]one{
		"small": {c.Election, sample.Small()}, "empty": {c.Election, &snapshot.Snapshot{}},
		"half": {c.Election, sample.Simulate(c.Election, 3000, 0.5)}, "complete": {c.Election, sample.Simulate(c.Election, 3000, 1)},
	}
	for _, name := range []string{"mayor", "council", "referendum", "parliament"} {
		e := sample.Example(t, name)
		all[name] = one{e, sample.Simulate(e, 3000, 0.5)}
	}
	for name, one := range all {
		c.Election = one.e
		h := newHandlerWith(t, c, &sample.Store{Next: sample.Returns(one.s, nil)})
		region := "?region=" + one.e.Regions[0].ID
		for path := range paths {
			if !strings.HasSuffix(path, ".json") && path != "/api/v1/results" && path != "/api/v1/books" {
				continue
			}
			pointer := "openapi.json#/paths/" + strings.ReplaceAll(path, "/", "~1") + "/get/responses/200/content/application~1json/schema"
			for _, query := range []string{"", region} {
				if query != "" && (strings.HasSuffix(path, "books") || strings.HasSuffix(path, "openapi.json")) {
					continue
				}
				hold(t, compiler, pointer, name+" "+path+query, body(t, ask(h, "GET", path+query)))
			}
		}
		hold(t, compiler, "openapi.json#/components/schemas/failure", "a refusal", body(t, ask(h, "GET", "/api/v1/results?region=nowhere")))
	}
}

// hold compares an answer with a schema.
func hold(t *testing.T, compiler *jsonschema.Compiler, pointer, name, answer string) {
	t.Helper()
	schema, err := compiler.Compile(pointer)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(answer))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
