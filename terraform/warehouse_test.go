package terraform

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/warehouse"
)

const definitions = "../shared/warehouse"

// The module makes the datasets that the functions know.
func TestDatasets(t *testing.T) {
	m := moduleIn(t, "modules/warehouse")
	got := slices.Sorted(maps.Keys(m.object(t, m.local(t, "datasets"))))
	if diff := cmp.Diff(slices.Sorted(slices.Values(warehouse.Datasets)), got); diff != "" {
		t.Errorf("datasets of shared/warehouse (-) and of the module (+):\n%s", diff)
	}
}

// Every table of the functions has its file where the module looks for it, every
// file is a table, and holds nothing that the module would pass over.
func TestTableFiles(t *testing.T) {
	files, err := fs.Glob(os.DirFS(definitions), "tables/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, table := range warehouse.Tables() {
		want = append(want, "tables/"+table.Dataset+"/"+table.Name+".json")
		if table.Partitioning.Field == "" || len(table.Clustering) == 0 {
			t.Errorf("%s isn't partitioned and clustered", table.ID())
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("tables (-) and files (+):\n%s", diff)
	}
	for _, file := range files {
		dec := json.NewDecoder(bytes.NewBufferString(readFile(t, definitions+"/"+file)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(new(warehouse.Table)); err != nil {
			t.Errorf("%s: modules/warehouse/main.tf doesn't read this: %v", file, err)
		}
	}
}

// reference is how the text of a view or a table function names a table.
var reference = regexp.MustCompile("`\\$\\{project\\}\\.\\$\\{prefix\\}([a-z_]+\\.[a-z_]+)`")

// tableIDs are the tables that a text may name, as dataset.table.
func tableIDs() map[string]bool {
	ids := map[string]bool{}
	for _, table := range warehouse.Tables() {
		ids[table.ID()] = true
	}
	return ids
}

// Views are made all at once, after the tables: none may need another. Their
// files are templates with two variables.
func TestViews(t *testing.T) {
	ids := tableIDs()
	for _, v := range warehouse.Views() {
		found := reference.FindAllStringSubmatch(v.SQL, -1)
		if len(found) == 0 {
			t.Errorf("%s names no `${project}.${prefix}dataset.table`", v.ID())
		}
		for _, m := range found {
			if !ids[m[1]] {
				t.Errorf("%s reads %s, which is no table: make google_bigquery_table.view wait for it", v.ID(), m[1])
			}
		}
		if rest := reference.ReplaceAllString(v.SQL, ""); strings.Contains(rest, "${") || strings.Contains(rest, "%{") {
			t.Errorf("%s holds ${ or %%{, which templatefile would take for its own", v.ID())
		}
		if v.Description == "" {
			t.Errorf("%s begins without a comment, which is its description", v.ID())
		}
	}
}

// Table functions are made after the tables: none may need a view or another. Each
// has its text beside its description.
func TestFunctionFiles(t *testing.T) {
	ids := tableIDs()
	var want []string
	for _, f := range warehouse.Functions() {
		file := "functions/" + f.Dataset + "/" + f.Name
		want = append(want, file+".json", file+".sql")
		dec := json.NewDecoder(bytes.NewBufferString(readFile(t, definitions+"/"+file+".json")))
		dec.DisallowUnknownFields()
		if err := dec.Decode(new(warehouse.Function)); err != nil {
			t.Errorf("%s: modules/warehouse/main.tf doesn't read this: %v", file, err)
		}
		for _, m := range reference.FindAllStringSubmatch(f.SQL, -1) {
			if !ids[m[1]] {
				t.Errorf("%s reads %s, which is no table: make google_bigquery_routine.function wait for it", f.ID(), m[1])
			}
		}
		if rest := reference.ReplaceAllString(f.SQL, ""); strings.Contains(rest, "${") || strings.Contains(rest, "%{") {
			t.Errorf("%s holds ${ or %%{, which templatefile would take for its own", f.ID())
		}
		if f.Description == "" || len(f.Arguments) == 0 {
			t.Errorf("%s has no description, or no arguments", f.ID())
		}
	}
	files, err := fs.Glob(os.DirFS(definitions), "functions/*/*")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("functions (-) and files (+):\n%s", diff)
	}
}

// The fields that election_file may have are those of an election.
func TestElectionFields(t *testing.T) {
	variable := moduleIn(t, ".").block(t, "variable", "election_file")
	var got []string
	_ = hclsyntax.VisitAll(variable.Body, func(n hclsyntax.Node) hcl.Diagnostics {
		call, ok := n.(*hclsyntax.FunctionCallExpr)
		if !ok || call.Name != "setsubtract" {
			return nil
		}
		v, diags := call.Args[1].Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		for _, field := range v.AsValueSlice() {
			got = append(got, field.AsString())
		}
		return nil
	})

	var want []string
	e := reflect.TypeFor[election.Election]()
	for i := range e.NumField() {
		if name, _, _ := strings.Cut(e.Field(i).Tag.Get("yaml"), ","); name != "" && name != "-" {
			want = append(want, name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields of an election (-) and those that variables.tf takes (+):\n%s", diff)
	}
}
