package terraform

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A metric reads a field that its function really logs.
func TestMetricsReadWhatIsLogged(t *testing.T) {
	m := moduleIn(t, "modules/monitoring")
	for name, expr := range m.object(t, m.local(t, "log_metrics")) {
		metric := m.object(t, expr)
		function, field := text(t, metric["function"]), text(t, metric["field"])
		if configs[function] == nil {
			t.Errorf("%s is of %q, which is no function", name, function)
			continue
		}
		if field != "" && !slices.Contains(attributes(t, "../functions/"+function), field) {
			t.Errorf("%s extracts %q, which %s doesn't log", name, field, function)
		}
	}
}

// attributes are the names that a package's log lines give their values: the
// first arguments of slog.Int and its kin.
func attributes(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			selector, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, isName := selector.X.(*ast.Ident)
			first, isLiteral := call.Args[0].(*ast.BasicLit)
			if isName && pkg.Name == "slog" && isLiteral && first.Kind == token.STRING {
				if name, err := strconv.Unquote(first.Value); err == nil {
					names = append(names, name)
				}
			}
			return true
		})
	}
	return names
}

// Every alert has its playbook, and every playbook its alert.
func TestPlaybooks(t *testing.T) {
	m := moduleIn(t, "modules/monitoring")
	alerts := slices.Sorted(maps.Keys(m.object(t, m.local(t, "alerts"))))

	var playbooks []string
	entries, err := os.ReadDir("../docs/playbooks")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".md"); ok && name != "README" {
			playbooks = append(playbooks, name)
		}
	}
	slices.Sort(playbooks)
	if diff := cmp.Diff(alerts, playbooks); diff != "" {
		t.Errorf("alerts (-) and playbooks (+):\n%s", diff)
	}
}

// Metrics that alerts and charts name exist.
func TestPromQLNamesMetrics(t *testing.T) {
	m := moduleIn(t, "modules/monitoring")
	metrics := m.object(t, m.local(t, "log_metrics"))
	known := map[string]bool{
		"errors": true, "waiting_for_ingest": true, "dead_letters": true, "page_answers": true, "page_errors": true, "page_up": true,
		"database_connections": true, "database_cpu": true, "database_disk": true, "database_failover": true, "database_up": true,
	}
	for name, expr := range metrics {
		known[name] = true
		if text(t, m.object(t, expr)["field"]) != "" {
			known[name+"_lines"] = true
		}
	}
	used := map[string]bool{}
	for path := range m.files {
		for _, part := range strings.Split(readFile(t, path), "local.promql.")[1:] {
			name := part[:strings.IndexFunc(part, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })]
			used[name] = true
			if !known[name] {
				t.Errorf("%s names the metric %q, which doesn't exist", path, name)
			}
		}
	}
	for name := range metrics {
		if !used[name] {
			t.Errorf("no alert and no chart reads the metric %q", name)
		}
	}
}

// A condition that is true where nothing has run yet isn't met at once: not when the
// alerts are made, nor when a deployment goes on after a pause.
func TestAlertsWaitForTheFirstRun(t *testing.T) {
	m := moduleIn(t, "modules/monitoring")
	found := 0
	for name, alert := range m.object(t, m.local(t, "alerts")) {
		conditions := m.object(t, alert)["conditions"].(*hclsyntax.ObjectConsExpr)
		for _, item := range conditions.Items {
			condition := m.object(t, item.ValueExpr)
			source := readFile(t, "modules/monitoring/alerts.tf")
			text := func(attribute string) string {
				r := condition[attribute].Range()
				return source[r.Start.Byte:r.End.Byte]
			}
			if !strings.Contains(text("query"), "vector(0)) <") {
				continue
			}
			found++
			if text("minutes") != "local.patience_minutes" {
				t.Errorf("%s: %s is met for %s minutes before it fires, want local.patience_minutes", name, text("query"), text("minutes"))
			}
		}
	}
	if found != 2 {
		t.Errorf("%d conditions say that something hasn't run, want 2: this test tests nothing", found)
	}
	r := m.local(t, "patience_minutes").Range()
	if got := readFile(t, r.Filename)[r.Start.Byte:r.End.Byte]; got != "max(5, var.alerts.stalled_minutes)" {
		t.Errorf("the patience is %s minutes, want 5 or more", got)
	}
}
