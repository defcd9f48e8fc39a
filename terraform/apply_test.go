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

// inCloud is a workspace whose provider talks to a cloud of its own.
func inCloud(t *testing.T) (workspace, *cloud) {
	t.Helper()
	w, c := newWorkspace(t), newCloud(t)
	if err := os.WriteFile(filepath.Join(w.dir, "provider.tf"), []byte(c.provider()), 0o644); err != nil {
		t.Fatal(err)
	}
	return w, c
}

// A first apply goes through, the plan after it is empty, data is kept until it
// is told to go, and then nothing is left.
func TestApplySettleDestroy(t *testing.T) {
	t.Parallel()
	w, c := inCloud(t)
	inputs := []string{
		"-input=false", "-var=project_id=springfield-votes", "-var=managed_kafka={}", "-var=settle_seconds=0", "-var=own_state=true",
		"-var=election_file=tests/elections/good.yaml", "-var=public_dashboard=true", `-var=alert_emails=["night@example.org"]`,
	}
	run := func(args ...string) string { return w.must(t, ".", append(args, inputs...)...) }

	run("apply", "-auto-approve", "-parallelism=30")
	if out, err := w.run(t, ".", append([]string{"plan", "-detailed-exitcode"}, inputs...)...); err != nil {
		t.Errorf("the plan after the apply isn't empty: %v\n%s", err, out)
	}

	w.checkRedeploy(t, inputs)
	w.checkNewColumn(t, inputs)

	key := c.one("/secrets/tallystream-hmac-key/versions/")
	w.checkSecret(t, c.resources[key])

	if out, err := w.run(t, ".", append([]string{"destroy", "-auto-approve", "-parallelism=30"}, inputs...)...); err == nil || !strings.Contains(out, "deletion_protection") {
		t.Errorf("destroy of protected data: %v\n%s", err, out)
	}
	for _, kept := range []string{
		"/bigquery/v2/projects/springfield-votes/datasets/raw/tables/votes",
		"/bigquery/v2/projects/springfield-votes/datasets/analytics/tables/books",
		"/pubsub/v1/projects/springfield-votes/subscriptions/kafka-records-dead-letters",
		"/pubsub/v1/projects/springfield-votes/subscriptions/kafka-records-ingest",
		"/pubsub/v1/projects/springfield-votes/topics/kafka-records",
		"/kafka/v1/projects/springfield-votes/locations/us-central1/clusters/tallystream/topics/votes",
		key,
	} {
		if !slices.Contains(c.left(), kept) {
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

// checkSecret sees that a key was stored, and that nothing here remembers it.
func (w workspace) checkSecret(t *testing.T, version object) {
	t.Helper()
	payload, _ := version["payload"].(object)
	encoded, _ := payload["data"].(string)
	secret, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(secret) < 16 {
		t.Fatalf("the key that was stored has %d bytes: %v", len(secret), err)
	}
	state := readFile(t, filepath.Join(w.dir, "terraform.tfstate"))
	if strings.Contains(state, string(secret)) || strings.Contains(state, encoded) {
		t.Error("the state holds the key of the pseudonyms")
	}
}

// checkRedeploy changes the source, and sees that the functions are deployed anew
// and nothing else happens.
func (w workspace) checkRedeploy(t *testing.T, inputs []string) {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "other.zip")
	if err := os.WriteFile(archive, []byte("another archive"), 0o644); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range w.plan(t, ".", append([]string{"-var=archive=" + archive}, inputs...)).Changes {
		if !slices.Equal(c.Change.Actions, []string{"no-op"}) {
			got = append(got, strings.Join(c.Change.Actions, ", ")+" "+c.Address)
		}
	}
	slices.Sort(got)
	want := []string{"delete, create google_storage_bucket_object.source"}
	for name := range configs {
		want = append(want, "update module.function[\""+name+"\"].google_cloudfunctions2_function.function")
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what other source changes (-want +got):\n%s", diff)
	}
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
	var got []string
	for _, c := range w.plan(t, ".", inputs).Changes {
		if !slices.Equal(c.Change.Actions, []string{"no-op"}) {
			got = append(got, strings.Join(c.Change.Actions, ", ")+" "+c.Address)
		}
	}
	if diff := cmp.Diff([]string{`update module.warehouse[0].google_bigquery_table.table["raw.votes"]`}, got); diff != "" {
		t.Errorf("what a new column changes (-want +got):\n%s", diff)
	}
	if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
}
