package policy_test

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/policy"
)

const (
	project = "//cloudresourcemanager.googleapis.com/projects/p"
	bucket  = "//storage.googleapis.com/projects/_/buckets/source"
	ingest  = "serviceAccount:ingest@p.iam.gserviceaccount.com"
)

func set(t *testing.T, p *policy.Policies, resource string, bindings ...policy.Binding) error {
	t.Helper()
	_, err := p.Set(resource, policy.Policy{Bindings: bindings})
	return err
}

func TestAllowed(t *testing.T) {
	p := policy.New()
	p.DefineRole("projects/p/roles/appender", []string{"bigquery.tables.updateData"})
	const object = "//storage.googleapis.com/projects/_/buckets/source/objects/a.zip"
	if err := set(t, p, project,
		policy.Binding{Role: "roles/pubsub.editor", Members: []string{ingest}},
		policy.Binding{Role: "projects/p/roles/appender", Members: []string{ingest}},
		policy.Binding{Role: "roles/storage.objectViewer", Members: []string{ingest}, Condition: &policy.Condition{
			Title: "source", Expression: `resource.name.startsWith("projects/_/buckets/source/") || resource.name == 'projects/_/buckets/source'`,
		}}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		member, permission, resource string
		want                         bool
	}{
		{ingest, "pubsub.topics.publish", "//pubsub.googleapis.com/projects/p/topics/t", true},
		{ingest, "pubsub.schemas.get", "//pubsub.googleapis.com/projects/p/schemas/s", true},
		{ingest, "run.services.get", "//run.googleapis.com/projects/p/locations/l/services/s", false},
		{ingest, "bigquery.tables.updateData", "//bigquery.googleapis.com/projects/p/datasets/d/tables/t", true},
		{ingest, "bigquery.tables.getData", "//bigquery.googleapis.com/projects/p/datasets/d/tables/t", false},
		{ingest, "storage.objects.get", object, true},
		{ingest, "storage.objects.get", bucket, true},
		{ingest, "storage.objects.get", "//storage.googleapis.com/projects/_/buckets/other/objects/a.zip", false},
		{"user:a@example.com", "pubsub.topics.publish", "//pubsub.googleapis.com/projects/p/topics/t", false},
		{"", "pubsub.topics.publish", "//pubsub.googleapis.com/projects/p/topics/t", false},
	} {
		if got := p.Allowed(test.member, test.permission, test.resource, project); got != test.want {
			t.Errorf("%s, %s on %s: %v, want %v", test.member, test.permission, test.resource, got, test.want)
		}
		if err := p.Check(test.member, test.permission, test.resource, project); (err == nil) != test.want {
			t.Errorf("%s, %s on %s: %v", test.member, test.permission, test.resource, err)
		}
	}
}

// An owner doesn't read what policies keep from readers, unless a role says so by name.
func TestOwnersDontReadColumns(t *testing.T) {
	p := policy.New()
	if err := set(t, p, project, policy.Binding{Role: "roles/owner", Members: []string{ingest}}, policy.Binding{Role: "roles/bigquery.admin", Members: []string{ingest}}); err != nil {
		t.Fatal(err)
	}
	const tag = "//datacatalog.googleapis.com/projects/p/locations/us/taxonomies/1/policyTags/2"
	for permission, want := range map[string]bool{
		"datacatalog.taxonomies.update": true, "datacatalog.categories.fineGrainedGet": false, "bigquery.dataPolicies.update": true, "bigquery.dataPolicies.maskedGet": false,
	} {
		if got := p.Allowed(ingest, permission, tag, project); got != want {
			t.Errorf("%s: %v, want %v", permission, got, want)
		}
	}
	if err := set(t, p, tag, policy.Binding{Role: "roles/datacatalog.categoryFineGrainedReader", Members: []string{ingest}}); err != nil {
		t.Fatal(err)
	}
	if !p.Allowed(ingest, "datacatalog.categories.fineGrainedGet", tag) {
		t.Error("the role that names it doesn't give it")
	}
}

func TestSetRefusesWhatItCantKeepTo(t *testing.T) {
	p := policy.New()
	for want, binding := range map[string]policy.Binding{
		"roles/made.up":            {Role: "roles/made.up", Members: []string{ingest}},
		"projects/p/roles/made":    {Role: "projects/p/roles/made", Members: []string{ingest}},
		`request.time < timestamp`: {Role: "roles/viewer", Members: []string{ingest}, Condition: &policy.Condition{Expression: `request.time < timestamp("2030-01-01T00:00:00Z")`}},
	} {
		if err := set(t, p, project, binding); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want an error that names %s", binding, err, want)
		}
	}
}
