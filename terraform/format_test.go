package terraform

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Files are as terraform fmt writes them.
func TestFormat(t *testing.T) {
	for _, ext := range []string{".tf", ".tftest.hcl"} {
		for _, path := range sources(t, ext) {
			source := readFile(t, path)
			if diff := cmp.Diff(string(hclwrite.Format([]byte(source))), source); diff != "" {
				t.Errorf("%s: terraform fmt would change it (-want +got):\n%s", path, diff)
			}
		}
	}
}
