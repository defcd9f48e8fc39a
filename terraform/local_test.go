package terraform

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/tallystream/tallystream/local/settings"
)

// defaultSizes is what expressions of var.functions alone are evaluated by: its defaults.
func defaultSizes(t *testing.T, root module) *hcl.EvalContext {
	t.Helper()
	declared := root.block(t, "variable", "functions").Body.Attributes["type"].Expr
	_, defaults, diags := typeexpr.TypeConstraintWithDefaults(declared)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return &hcl.EvalContext{
		Variables: map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{
			"functions": defaults.Apply(cty.EmptyObjectVal),
			"page":      cty.NullVal(cty.DynamicPseudoType),
		})},
		Functions: map[string]function.Function{
			"tostring": stdlib.MakeToFunc(cty.String), "max": stdlib.MaxFunc, "coalesce": stdlib.CoalesceFunc, "join": stdlib.JoinFunc,
		},
	}
}

// What local/settings says of the cloud's services is what Terraform says by default.
func TestLocalServices(t *testing.T) {
	root := moduleIn(t, ".")
	ctx := defaultSizes(t, root)
	functions := root.object(t, root.local(t, "functions"))
	services := map[string]settings.Service{}
	for name, expr := range functions {
		f := root.object(t, expr)
		value := func(name string) cty.Value {
			v, diags := f[name].Value(ctx)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			return v
		}
		number := func(name string) int {
			n, _ := value(name).AsBigFloat().Int64()
			return int(n)
		}
		services[name] = settings.Service{
			Concurrency: number("concurrency"), MinInstances: number("min_instances"), MaxInstances: number("max_instances"),
			Timeout: time.Duration(number("timeout_seconds")) * time.Second, Internal: value("ingress").AsString() == "ALLOW_INTERNAL_ONLY",
		}
	}
	if diff := cmp.Diff(services, settings.CloudServices()); diff != "" {
		t.Errorf("Terraform (-) and local/settings (+):\n%s", diff)
	}
}

// So are the settings of the functions that depend on var.functions, and no others.
func TestLocalSettings(t *testing.T) {
	root := moduleIn(t, ".")
	ctx := defaultSizes(t, root)
	values := map[string]string{}
	for name, expr := range root.object(t, root.local(t, "functions")) {
		for variable, expr := range root.object(t, root.object(t, expr)["environment"]) {
			if !ofSizes(expr) {
				continue
			}
			v, diags := expr.Value(ctx)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if v.AsString() == "" {
				continue // modules/function leaves it out
			}
			if other, ok := values[variable]; ok && other != v.AsString() {
				t.Errorf("%s of %s is %s, and %s of another function: local/run has one environment for all", variable, name, v.AsString(), other)
			}
			values[variable] = v.AsString()
		}
	}
	if diff := cmp.Diff(values, settings.Cloud(1)); diff != "" {
		t.Errorf("Terraform (-) and local/settings (+):\n%s", diff)
	}
}

// ofSizes reports whether an expression depends on var.functions alone.
func ofSizes(expr hclsyntax.Expression) bool {
	used := expr.Variables()
	return len(used) > 0 && !slices.ContainsFunc(used, func(v hcl.Traversal) bool {
		attribute, ok := v[1].(hcl.TraverseAttr)
		return v.RootName() != "var" || !ok || attribute.Name != "functions"
	})
}

// firsts are the first groups of the matches of a pattern in a file.
func firsts(t *testing.T, file, pattern string) (found []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(readFile(t, file), -1) {
		found = append(found, m[1])
	}
	return found
}

// So are the jobs, of one shard. Those of the schedule are the first ones; those of
// operations wait for a person.
func TestLocalJobs(t *testing.T) {
	root := moduleIn(t, ".")
	ctx := defaultSizes(t, root)
	drain, diags := root.local(t, "turns").Value(ctx)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	seconds := ctx.Variables["var"].GetAttr("functions").GetAttr("bridge").GetAttr("drain_seconds").AsBigFloat()
	deadlines := firsts(t, "schedules.tf", `deadline_seconds = (\d+)`)
	bodies := firsts(t, "schedules.tf", `body += jsonencode\((.*)\)`)
	written := []string{`{ shard = drain.shard, shards = length(local.shards), seconds = var.functions.bridge.drain_seconds }`, `{ until = "deadline" }`}
	if diff := cmp.Diff(written, bodies[:2]); diff != "" {
		t.Errorf("bodies that local/settings writes as JSON (-), and those of Terraform (+):\n%s", diff)
	}
	want := map[string]settings.CloudJob{settings.Aggregate: {
		Function: settings.Aggregate, Schedule: firsts(t, "schedules.tf", `schedule += "(.*)"`)[0],
		Deadline: length(t, deadlines[1]), Body: `{"until":"deadline"}`,
	}}
	for turn, schedule := range drain.AsValueMap() {
		want["bridge-00"+turn] = settings.CloudJob{
			Function: settings.Bridge, Schedule: schedule.AsString(), Deadline: length(t, deadlines[0]),
			Body: fmt.Sprintf(`{"shard":0,"shards":1,"seconds":%v}`, seconds),
		}
	}
	rebuild := settings.CloudRebuildJob()
	if got := []string{rebuild.Schedule, strconv.Itoa(int(rebuild.Deadline.Seconds())), rebuild.Body}; !slices.Equal(got, []string{
		firsts(t, "modules/schedules/main.tf", `schedule += "(.*)"`)[0], deadlines[2], `{"until":"caught_up"}`,
	}) || bodies[2] != `{ until = "caught_up" }` {
		t.Errorf("the job of local/settings that a person runs is %q, not Terraform's", got)
	}
	if diff := cmp.Diff(want, settings.CloudJobs(1)); diff != "" {
		t.Errorf("Terraform (-) and local/settings (+):\n%s", diff)
	}
}

// length is a number of seconds.
func length(t *testing.T, seconds string) time.Duration {
	t.Helper()
	n, err := strconv.Atoi(seconds)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n) * time.Second
}

func TestLocalPush(t *testing.T) {
	const file = "modules/messaging/main.tf"
	push := settings.CloudPush()
	for pattern, want := range map[string]string{
		`max_delivery_attempts = (\d+)`:       strconv.Itoa(int(push.Attempts)),
		`minimum_backoff = "(\d+)s"`:          strconv.Itoa(int(push.MinBackoff.Seconds())),
		`maximum_backoff = "(\d+)s"`:          strconv.Itoa(int(push.MaxBackoff.Seconds())),
		`ack_deadline_seconds += (\d+) +# in`: strconv.Itoa(int(push.AckDeadline.Seconds())),
	} {
		if got := firsts(t, file, pattern); !slices.Equal(got, []string{want}) {
			t.Errorf("%s is %q in Terraform, and %s in local/settings", pattern, got, want)
		}
	}
}
