package terraform

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// guard is a configuration of what says whose a state is, and of one resource that
// another project would change. It needs no provider that terraform doesn't bring.
func guard(t *testing.T) workspace {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: terraform isn't run")
	}
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skipf("terraform isn't run: %v", err)
	}
	w := workspace{dir: t.TempDir(), plugins: t.TempDir()}
	var variables []string
	for _, name := range []string{"project_id", "name_prefix", "warehouse", "own_state"} {
		block := moduleIn(t, ".").block(t, "variable", name)
		source := readFile(t, block.DefRange().Filename)
		variables = append(variables, source[block.DefRange().Start.Byte:endOf(block)])
	}
	for file, text := range map[string]string{
		"state.tf": readFile(t, "state.tf"), "variables.tf": strings.Join(variables, "\n"),
		"dataset.tf": "resource \"terraform_data\" \"dataset\" {\n  triggers_replace = [var.project_id]\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(w.dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w.must(t, ".", "init", "-input=false")
	return w
}

// held is what the selected state manages, and its version. (The order of checks in
// it is terraform's chance.)
func held(t *testing.T, w workspace) (state struct {
	Serial    int
	Resources []map[string]any
}) {
	t.Helper()
	if err := json.Unmarshal([]byte(w.must(t, ".", "state", "pull")), &state); err != nil {
		t.Fatal(err)
	}
	return state
}

func endOf(b *hclsyntax.Block) int { return b.CloseBraceRange.End.Byte }

// Whoever calls terraform itself, by whatever command: nothing is planned for one
// project against the state of another.
func TestStateOfAnotherProject(t *testing.T) {
	w := guard(t)
	of := func(project string) string { return "-var=project_id=" + project }
	refuses := func(why string, args ...string) {
		t.Helper()
		out, err := w.run(t, ".", append(args, "-input=false")...)
		if err == nil || !strings.Contains(strings.Join(strings.Fields(out), " "), why) {
			t.Errorf("terraform %s: %v, want a refusal that says %q\n%s", strings.Join(args, " "), err, why, out)
		}
	}
	refuses("workspace default isn't that of project election-a", "plan", of("election-a"))

	w.must(t, ".", "workspace", "select", "-or-create", "election-a")
	w.must(t, ".", "apply", "-auto-approve", of("election-a"))
	w.must(t, ".", "plan", "-detailed-exitcode", of("election-a"))
	before := held(t, w)
	for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}, {"destroy", "-auto-approve"}, {"refresh"}} {
		refuses("workspace election-a isn't that of project election-b", append(command, of("election-b"))...)
	}
	// Where workspaces aren't named for projects the state itself tells.
	for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
		refuses("This state is that of election-a, and project_id and name_prefix are those of election-b: nothing is planned", append(command, of("election-b"), "-var=own_state=true")...)
	}
	// Another prefix is another deployment, in the same project too.
	refuses("workspace election-a isn't that of prefix spring in project election-a: nothing is planned. make deploy PROJECT=election-a PREFIX=spring selects",
		"plan", of("election-a"), "-var=name_prefix=spring")
	refuses("This state is that of election-a, and project_id and name_prefix are those of election-a.spring",
		"plan", of("election-a"), "-var=name_prefix=spring", "-var=own_state=true")
	if diff := cmp.Diff(before, held(t, w)); diff != "" {
		t.Errorf("a refused command changed the state (-before +after):\n%s", diff)
	}

	w.must(t, ".", "workspace", "select", "-or-create", "election-a.spring")
	w.must(t, ".", "apply", "-auto-approve", of("election-a"), "-var=name_prefix=spring")
	refuses("workspace election-a.spring isn't that of project election-a", "destroy", "-auto-approve", of("election-a"))
	w.must(t, ".", "destroy", "-auto-approve", of("election-a"), "-var=name_prefix=spring")

	w.must(t, ".", "workspace", "select", "-or-create", "election-b")
	w.must(t, ".", "apply", "-auto-approve", of("election-b"))
	w.must(t, ".", "destroy", "-auto-approve", of("election-b"))
	w.must(t, ".", "workspace", "select", "election-a")
	w.must(t, ".", "plan", "-detailed-exitcode", of("election-a"))
}

// local/operate/tfstate takes the prefixes and projects that the configuration takes.
func TestNamesOfDeployments(t *testing.T) {
	rules := firsts(t, "variables.tf", `can\(regex\("([^"]+)", var\.(?:project_id|name_prefix)\)\)`)
	chooser := readFile(t, "../local/operate/tfstate/choose.go")
	if len(rules) != 2 {
		t.Fatalf("rules for project_id and name_prefix: %q", rules)
	}
	for _, rule := range rules {
		if !strings.Contains(chooser, "regexp.MustCompile(`"+rule+"`)") {
			t.Errorf("local/operate/tfstate has another rule than %s", rule)
		}
	}
}
