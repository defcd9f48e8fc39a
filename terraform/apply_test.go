package terraform

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inCloud is a workspace whose provider talks to a cloud of its own, with an archive that
// is quick to build.
func inCloud(t *testing.T) (workspace, *cloud) {
	t.Helper()
	w, c := newWorkspace(t), newCloud(t)
	w.env = c.environment()
	// Grants wait for others to go with, otherwise.
	const provider = "provider \"google\" {\n  batching {\n    enable_batching = false\n  }\n}\n"
	if err := os.WriteFile(filepath.Join(w.dir, "provider.tf"), []byte(provider), 0o644); err != nil {
		t.Fatal(err)
	}
	writeArchive(t, filepath.Join(w.dir, "..", "dist", "tallystream.zip"), "first")
	return w, c
}

// A first apply goes through, the plan after it is empty, data is kept until it
// is told to go, and then nothing is left.
func TestApplySettleDestroy(t *testing.T) {
	t.Parallel()
	w, c := inCloud(t)
	inputs := []string{
		"-input=false", "-var=project_id=" + electionProject, "-var=managed_kafka={}", "-var=settle_seconds=0", "-var=own_state=true",
		"-var=election_file=tests/elections/good.yaml", "-var=public_dashboard=true", `-var=alert_emails=["night@example.org"]`,
		`-var=operators=["group:night@example.org"]`, `-var=readers=["user:reader@example.org"]`, `-var=page={domain="votes.example.org"}`,
		"-var=audit_days=400", "-var=log_retention_days=90", `-var=budget={billing_account="012345-6789AB-CDEF01",amount=500}`,
	}
	run := func(args ...string) string { return w.must(t, ".", append(args, inputs...)...) }
	settled := func(after string) {
		t.Helper()
		if out, err := w.run(t, ".", append([]string{"plan", "-detailed-exitcode"}, inputs...)...); err != nil {
			t.Errorf("the plan after %s isn't empty: %v\n%s", after, err, out)
		}
	}

	run("apply", "-auto-approve", "-parallelism=30")
	settled("the apply")

	inputs = append(inputs, w.redeploy(t, c, inputs))
	settled("the next archive")
	w.checkNewColumn(t, inputs)
	w.checkSecret(t, c)

	if out, err := w.run(t, ".", append([]string{"destroy", "-auto-approve", "-parallelism=30"}, inputs...)...); err == nil || !strings.Contains(out, "deletion_protection") {
		t.Errorf("destroy of protected data: %v\n%s", err, out)
	}
	left := c.left()
	for _, kept := range []string{
		"//bigquery.googleapis.com/projects/springfield-votes/datasets/raw/tables/votes",
		"//bigquery.googleapis.com/projects/springfield-votes/datasets/analytics/tables/books",
		"//pubsub.googleapis.com/projects/springfield-votes/subscriptions/kafka-records-dead-letters",
		"//pubsub.googleapis.com/projects/springfield-votes/subscriptions/kafka-records-ingest",
		"//pubsub.googleapis.com/projects/springfield-votes/topics/kafka-records",
		"//managedkafka.googleapis.com/projects/springfield-votes/locations/us-central1/clusters/tallystream/topics/votes",
		"//secretmanager.googleapis.com/" + hmacKey,
	} {
		if !slices.Contains(left, kept) {
			t.Errorf("%s is gone although it was protected", kept)
		}
	}

	inputs = append(inputs, "-var=deletion_protection=false")
	run("apply", "-auto-approve", "-parallelism=30")
	run("destroy", "-auto-approve", "-parallelism=30")
	if left := c.left(); len(left) > 0 {
		t.Errorf("left after destroy: %v", left)
	}
}

// hmacKey is the version of the secret that holds the key of the pseudonyms.
const hmacKey = "projects/" + electionProject + "/secrets/tallystream-hmac-key/versions/1"

// checkSecret sees that a key was stored, and that nothing here remembers it.
func (w workspace) checkSecret(t *testing.T, c *cloud) {
	t.Helper()
	secret := c.secret(hmacKey)
	if len(secret) < 16 {
		t.Fatalf("the key that was stored has %d bytes", len(secret))
	}
	state := readFile(t, filepath.Join(w.dir, "terraform.tfstate"))
	if strings.Contains(state, string(secret)) || strings.Contains(state, base64.StdEncoding.EncodeToString(secret)) {
		t.Error("the state holds the key of the pseudonyms")
	}
}

// redeploy changes the source, sees that the functions are deployed anew and nothing else
// happens, and returns the input that it took.
func (w workspace) redeploy(t *testing.T, c *cloud, inputs []string) string {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "other.zip")
	writeArchive(t, archive, "second")
	input := "-var=archive=" + archive
	inputs = append([]string{input}, inputs...)
	want := []string{"delete, create google_storage_bucket_object.source"}
	for name := range configs {
		want = append(want, "update module.function[\""+name+"\"].google_cloudfunctions2_function.function")
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, w.changes(t, inputs)); diff != "" {
		t.Errorf("what other source changes (-want +got):\n%s", diff)
	}
	w.must(t, ".", "apply", "-auto-approve", "-parallelism=30", "plan")
	for name := range configs {
		var function struct {
			ServiceConfig struct{ Revision string }
		}
		c.get("http://"+c.Addr()+"/cloudfunctions/v2/projects/"+electionProject+"/locations/us-central1/functions/"+name, &function)
		if revision := function.ServiceConfig.Revision; !strings.HasPrefix(revision, name+"-00002-") {
			t.Errorf("%s runs the revision %s after other source came, want the second", name, revision)
		}
	}
	return input
}

// changes are what a plan would do, sorted.
func (w workspace) changes(t *testing.T, inputs []string) []string {
	t.Helper()
	var all []string
	for _, c := range w.plan(t, ".", inputs).Changes {
		if !slices.Equal(c.Change.Actions, []string{"no-op"}) {
			all = append(all, strings.Join(c.Change.Actions, ", ")+" "+c.Address)
		}
	}
	slices.Sort(all)
	return all
}

// checkNewColumn sees that a column at the end of a schema file changes its table
// in place, and nothing else.
func (w workspace) checkNewColumn(t *testing.T, inputs []string) {
	t.Helper()
	file := filepath.Join(w.dir, "..", "shared", "warehouse", "tables", "raw", "votes.json")
	before := readFile(t, file)
	end := strings.LastIndex(before, "}\n")
	end = strings.LastIndex(before[:end], "}") + 1
	wider := before[:end] + `, {"name": "channel", "type": "STRING", "mode": "NULLABLE", "description": "How the vote was cast."}` + before[end:]
	if err := os.WriteFile(file, []byte(wider), 0o644); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`update module.warehouse[0].google_bigquery_table.table["raw.votes"]`}, w.changes(t, inputs)); diff != "" {
		t.Errorf("what a new column changes (-want +got):\n%s", diff)
	}
	if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
}
