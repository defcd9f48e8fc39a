package terraform

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/postgres"
)

// rolesOf are the roles that a text of SQL makes.
func rolesOf(t *testing.T) []string {
	t.Helper()
	list := regexp.MustCompile(`ARRAY\[([^\]]+)\]`).FindStringSubmatch(readFile(t, "../shared/postgres/roles.sql"))
	if list == nil {
		t.Fatal("roles.sql makes no roles")
	}
	var roles []string
	for _, m := range regexp.MustCompile(`'tallystream_([a-z]+)'`).FindAllStringSubmatch(list[1], -1) {
		roles = append(roles, m[1])
	}
	slices.Sort(roles)
	return roles
}

// The accounts that log in to the database are those of the functions that ask for one. Each
// is granted the role of its name, operators the one that is left, and every role that
// roles.sql makes has somebody.
func TestAccountsHaveTheRoles(t *testing.T) {
	root := moduleIn(t, ".")
	accounts := slices.Sorted(maps.Keys(root.object(t, root.local(t, "pools"))))
	var asking []string
	for name, read := range configs {
		if slices.Contains(variablesRead(read), "DATABASE_URL") {
			asking = append(asking, name)
		}
	}
	slices.Sort(asking)
	if diff := cmp.Diff(asking, accounts); diff != "" {
		t.Errorf("functions that read DATABASE_URL (-) and accounts of the database (+):\n%s", diff)
	}
	want := slices.Sorted(slices.Values(append(slices.Clone(accounts), "operate")))
	if diff := cmp.Diff(want, rolesOf(t)); diff != "" {
		t.Errorf("accounts and operators (-) and roles of roles.sql (+):\n%s", diff)
	}
	grants := firsts(t, "modules/postgres/outputs.tf", `"(GRANT [^;]+;)"`)
	if diff := cmp.Diff([]string{
		`GRANT tallystream_${function} TO \"${local.users[function]}\";`, `GRANT tallystream_operate TO \"${email}\";`,
	}, grants); diff != "" {
		t.Errorf("grants of roles to users (-want +got):\n%s", diff)
	}
}

// The user of DATABASE_URL is the function's account without IAM's end, as the instance has
// it, and what a function is told of an instance is what it takes.
func TestDatabaseURL(t *testing.T) {
	account := firsts(t, "functions.tf", `account_id += +"([^"]+)"`)
	users := firsts(t, "warehouse.tf", `"user=([^@]+)@\$\{var.project_id\}\.iam dbname=\$\{module`)
	if len(account) != 1 || len(users) != 1 || strings.ReplaceAll(account[0], "each.key", "name") != users[0] {
		t.Fatalf("accounts are %q, and users %q", account, users)
	}
	if !strings.Contains(readFile(t, "modules/postgres/main.tf"), `trimsuffix(email, ".gserviceaccount.com")`) {
		t.Error("users of the instance aren't named for accounts")
	}
	url := firsts(t, "warehouse.tf", `local.on_postgres \? "(user=[^"]+)"`)
	value := regexp.MustCompile(`\$\{[a-z]+\}`).ReplaceAllString(url[0], "4")
	value = regexp.MustCompile(`\$\{[^}]+\}`).ReplaceAllString(value, "springfield-votes")
	env := config.From(config.FromMap(map[string]string{
		"WAREHOUSE": "postgres", "CLOUD_SQL_INSTANCE": "springfield-votes:us-central1:tallystream", "DATABASE_URL": value,
	}))
	w := endpoint.WarehouseFrom(env)
	if err := env.Err(); err != nil {
		t.Fatal(err)
	}
	// Without the connector, which isn't linked here, nothing but that is missing.
	if _, err := postgres.Connect(w.DatabaseURL, "test", postgres.CloudSQL(w.Instance)); err == nil || !strings.Contains(err.Error(), "cloud-sql-proxy") {
		t.Errorf("%q beside an instance: %v", value, err)
	}
}

// The root passes every setting of the instance on, and knows no other.
func TestSizeOfTheInstance(t *testing.T) {
	attributes := func(m module, variable string) []string {
		ty, _, diags := typeexpr.TypeConstraintWithDefaults(m.block(t, "variable", variable).Body.Attributes["type"].Expr)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		return slices.Sorted(maps.Keys(ty.AttributeTypes()))
	}
	inner := moduleIn(t, "modules/postgres")
	if diff := cmp.Diff(attributes(moduleIn(t, "."), "postgres"), attributes(inner, "size")); diff != "" {
		t.Errorf("var.postgres of the root (-) and var.size of the module (+):\n%s", diff)
	}
}

// With its defaults an instance has connections for all instances of the functions.
func TestConnectionsSuffice(t *testing.T) {
	root := moduleIn(t, ".")
	ctx := defaultSizes(t, root)
	pools := map[string]cty.Value{}
	for name, expr := range root.object(t, root.local(t, "pools")) {
		v, diags := expr.Value(ctx)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		pools[name] = v
	}
	ctx.Variables["local"] = cty.ObjectVal(map[string]cty.Value{"pools": cty.ObjectVal(pools)})
	needed, diags := root.block(t, "module", "postgres").Body.Attributes["connections"].Expr.Value(ctx)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	// The aggregation's instances are a literal in the map of the functions.
	aggregate := root.object(t, root.object(t, root.local(t, "functions"))["aggregate"])
	if most, _ := aggregate["max_instances"].(*hclsyntax.LiteralValueExpr); most == nil || !most.Val.RawEquals(cty.NumberIntVal(2)) {
		t.Error("warehouse.tf counts two instances of the aggregation, and it may have others")
	}
	_, defaults, diags := typeexpr.TypeConstraintWithDefaults(moduleIn(t, "modules/postgres").block(t, "variable", "size").Body.Attributes["type"].Expr)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	most := defaults.Apply(cty.EmptyObjectVal).GetAttr("max_connections")
	if n, m := needed.AsBigFloat(), most.AsBigFloat(); n.Sign() <= 0 || n.Cmp(m) >= 0 {
		t.Errorf("the functions may have %v connections, and the instance has %v", n, m)
	}
}
