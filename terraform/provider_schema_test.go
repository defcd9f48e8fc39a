package terraform

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// providerSchema is what terraform providers schema -json prints of the Google
// provider, for the resources that are used here. It lies beside the repository
// where that has been set up. moreSchema is the same of resources that it leaves out.
const (
	providerSchema = "../../shared/reference/terraform-google-schema.json"
	moreSchema     = "testdata/provider-schema.json"
)

// schemas are resources by their type.
type schemas map[string]struct {
	Block schemaBlock `json:"block"`
}

func readSchemas(t *testing.T, file string) schemas {
	t.Helper()
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s isn't here: resources aren't checked against the provider's schema", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Resources schemas `json:"resource_schemas"`
	}
	if err := json.Unmarshal(content, &schema); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return schema.Resources
}

// schemaBlock is a resource, or a block in one.
type schemaBlock struct {
	Attributes map[string]struct {
		Required, Optional, Computed bool
	} `json:"attributes"`
	BlockTypes map[string]struct {
		Block    schemaBlock `json:"block"`
		MinItems int         `json:"min_items"`
		MaxItems int         `json:"max_items"`
	} `json:"block_types"`
}

// meta are arguments and blocks that Terraform itself gives every resource.
var meta = []string{"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "timeouts"}

// Every attribute and block exists in the provider, can be set, and nothing that
// it requires is missing. terraform validate says the same, where the provider
// can be had.
func TestResourcesFitTheProvider(t *testing.T) {
	known := readSchemas(t, moreSchema)
	maps.Copy(known, readSchemas(t, providerSchema))

	checked := 0
	for _, m := range modules(t) {
		m.blocks("data", func(b *hclsyntax.Block) {
			t.Errorf("%s: a data source would need credentials to plan", at(b.TypeRange))
		})
		m.blocks("resource", func(b *hclsyntax.Block) {
			if b.Labels[0] == "terraform_data" {
				return // Terraform's own
			}
			resource, ok := known[b.Labels[0]]
			if !ok {
				t.Errorf("%s: the provider's schema has no %s", at(b.TypeRange), b.Labels[0])
				return
			}
			checked++
			checkBlock(t, b.Labels[0], b.Body, b.TypeRange, resource.Block)
		})
	}
	if checked == 0 {
		t.Error("no resource was checked")
	}
}

func checkBlock(t *testing.T, name string, body *hclsyntax.Body, where hcl.Range, schema schemaBlock) {
	t.Helper()
	for attribute, a := range body.Attributes {
		s, ok := schema.Attributes[attribute]
		switch {
		case ok && (s.Required || s.Optional):
		case ok:
			t.Errorf("%s: %s.%s is computed and can't be set", at(a.NameRange), name, attribute)
		case slices.Contains(meta, attribute):
		default:
			t.Errorf("%s: %s has no attribute %s", at(a.NameRange), name, attribute)
		}
	}
	for attribute, s := range schema.Attributes {
		if s.Required && body.Attributes[attribute] == nil {
			t.Errorf("%s: %s lacks %s", at(where), name, attribute)
		}
	}

	static, dynamic := map[string]int{}, map[string]int{}
	for _, b := range body.Blocks {
		kind, content := b.Type, b.Body
		if kind == "dynamic" {
			kind, content = b.Labels[0], contentOf(b)
			dynamic[kind]++
		} else {
			static[kind]++
		}
		s, ok := schema.BlockTypes[kind]
		switch {
		case ok:
			checkBlock(t, name+"."+kind, content, b.TypeRange, s.Block)
		case slices.Contains(meta, kind):
		default:
			t.Errorf("%s: %s has no block %s", at(b.TypeRange), name, kind)
		}
	}
	for kind, s := range schema.BlockTypes {
		if static[kind]+dynamic[kind] < s.MinItems {
			t.Errorf("%s: %s lacks the block %s", at(where), name, kind)
		}
		if s.MaxItems > 0 && static[kind] > s.MaxItems {
			t.Errorf("%s: %s has %d blocks %s, the provider takes %d", at(where), name, static[kind], kind, s.MaxItems)
		}
	}
}

// contentOf is what a dynamic block repeats.
func contentOf(dynamic *hclsyntax.Block) *hclsyntax.Body {
	for _, b := range dynamic.Body.Blocks {
		if b.Type == "content" {
			return b.Body
		}
	}
	return &hclsyntax.Body{}
}
