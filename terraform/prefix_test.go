package terraform

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/goldentest"
)

// whole are inputs of plans that together have every resource of this configuration.
var whole = map[string][]string{
	"bigquery": {
		"-var=project_id=springfield-votes", "-var=own_state=true", "-var=managed_kafka={}", "-var=public_dashboard=true",
		`-var=page={domain="votes.example.org"}`, `-var=operators=["group:night@example.org"]`, `-var=readers=["group:analysts@example.org"]`,
		`-var=alert_emails=["night@example.org"]`, "-var=log_retention_days=400", "-var=audit_days=400",
		`-var=budget={billing_account="012345-6789AB-CDEF01", amount=100}`,
	},
	"postgres": {
		"-var=project_id=springfield-votes", "-var=own_state=true", "-var=warehouse=postgres", `-var=brokers=["kafka.example.org:9092"]`,
		`-var=kafka={tls=true, sasl_mechanism="scram-sha-512", username="u", client_certificate="-----BEGIN CERTIFICATE-----"}`,
		"-var=kafka_password=secret", "-var=kafka_client_key=-----BEGIN PRIVATE KEY-----", `-var=dashboard_viewers=["group:press@example.org"]`,
		`-var=postgres={operators=["night@example.org"]}`,
	},
}

// naming are the attributes that say which resource one is, by whatever name its type has for it.
var naming = []string{
	"account_id", "bucket", "bucket_id", "cluster", "cluster_id", "dataset_id", "display_name", "group", "instance", "location",
	"member", "name", "network", "parent", "region", "repository", "repository_id", "role", "role_id", "routine_id",
	"secret", "secret_id", "service", "service_account_id", "service_id", "slo_id", "subscription", "table_id", "title", "topic", "topic_id",
}

// names are what a plan names each resource, as far as that is known before an apply.
func names(t *testing.T, p plan) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, c := range p.Changes {
		var after map[string]any
		if err := json.Unmarshal(c.Change.After, &after); err != nil {
			t.Fatalf("%s: %v", c.Address, err)
		}
		var parts []string
		for _, name := range naming {
			if text, ok := after[name].(string); ok {
				parts = append(parts, name+"="+text)
			}
		}
		for _, block := range []string{"condition", "view", "routine"} {
			if list, ok := after[block].([]any); !ok || len(list) == 0 {
				continue
			}
			text, err := json.Marshal(after[block])
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, block+"="+string(text))
		}
		all[c.Address] = strings.Join(parts, " ")
	}
	return all
}

// What was made without a prefix keeps its name: a plan that renames a resource replaces it, with
// what it holds.
func TestNamesWithoutPrefix(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	got := map[string]map[string]string{}
	for warehouse, inputs := range whole {
		got[warehouse] = names(t, w.plan(t, ".", inputs))
	}
	text, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	goldentest.File(t, "testdata/names.json", string(text)+"\n", "a new resource is added by go test ./terraform -run TestNamesWithoutPrefix -update")
}

// shared are resources that two deployments of one project may both have: what is the project's
// own, what has no name before it is made, and what is told apart by what it is granted on.
var shared = regexp.MustCompile(`^google_project_service\.|\.google_monitoring_dashboard\.|^google_secret_manager_secret_version\.|^terraform_data\.|` +
	// Of people: who is let in by both has one grant, see docs/deploy.md.
	`^google_project_iam_member\.(operator|reader)\["(logs:|metrics:|group:)|^google_service_account_iam_member\.operator|` +
	`google_project_iam_member\.login\["night@`)

// ofOne finds what a query of metrics or a filter of logs is narrowed to.
var ofOne = regexp.MustCompile(`(?:service_name|subscription_id|database_id)=~?\\*"([^"\\]*)|googleapis_com:user_(\w+)|job_id=~\\*"\^([^"\\]*)`)

// A deployment with a prefix has nothing of that without one, and looks at nothing of it.
func TestPrefix(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	var without map[string]map[string]string
	if err := json.Unmarshal([]byte(readFile(t, "testdata/names.json")), &without); err != nil {
		t.Fatal(err)
	}
	for warehouse, inputs := range whole {
		p := w.plan(t, ".", append(slices.Clone(inputs), "-var=name_prefix=spring"))
		with := names(t, p)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(without[warehouse])), slices.Sorted(maps.Keys(with))); diff != "" {
			t.Errorf("%s: resources without a prefix (-) and with one (+):\n%s", warehouse, diff)
		}
		for address, name := range with {
			if name == without[warehouse][address] && !shared.MatchString(address) {
				t.Errorf("%s: %s is %s, with the prefix and without", warehouse, address, name)
			}
		}
		narrowed := 0
		for _, c := range p.Changes {
			for _, m := range ofOne.FindAllStringSubmatch(string(c.Change.After), -1) {
				narrowed++
				for _, name := range strings.Split(m[1]+m[2]+m[3], "|") {
					if !strings.HasPrefix(strings.TrimPrefix(name, "springfield-votes:"), "spring-") && !strings.HasPrefix(name, "spring_tallystream_") {
						t.Errorf("%s: %s looks at %s, which isn't the deployment's", warehouse, c.Address, m[0])
					}
				}
			}
		}
		if narrowed < 20 {
			t.Errorf("%s: %d queries and filters are narrowed: this test tests nothing", warehouse, narrowed)
		}
	}
}

// Two elections in one project: neither apply takes anything of the other, and what one leaves
// behind when it goes is all of the other.
func TestTwoElectionsInOneProject(t *testing.T) {
	t.Parallel()
	w, c := inCloud(t)
	inputs := []string{
		"-input=false", "-var=project_id=springfield-votes", "-var=settle_seconds=0", "-var=deletion_protection=false",
		`-var=brokers=["kafka.example.org:9092"]`, "-var=public_dashboard=true",
	}
	run := func(prefix string, args ...string) {
		t.Helper()
		w.must(t, ".", "workspace", "select", "-or-create", strings.TrimSuffix("springfield-votes."+prefix, "."))
		w.must(t, ".", append(append(args, inputs...), "-var=name_prefix="+prefix)...)
	}
	run("", "apply", "-auto-approve", "-parallelism=30")
	first := c.left()
	run("spring", "apply", "-auto-approve", "-parallelism=30")
	if both := len(c.left()); both != 2*len(first) {
		t.Errorf("%d resources of two elections, and %d of one", both, len(first))
	}
	run("", "plan", "-detailed-exitcode")
	run("spring", "plan", "-detailed-exitcode")
	run("spring", "destroy", "-auto-approve", "-parallelism=30")
	// Objects of the source stay in their bucket, which goes with them.
	if diff := cmp.Diff(first, c.left()); diff != "" {
		t.Errorf("what is left of the election without a prefix (-before +after):\n%s", diff)
	}
	run("", "plan", "-detailed-exitcode")
}
