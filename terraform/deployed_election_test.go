package terraform

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// writeElection writes the file of an election that was yesterday.
func writeElection(t *testing.T, file, name string) {
	t.Helper()
	day := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	text := fmt.Sprintf(`id: mayor
name: %s
date: %[2]s
opens: %[2]sT00:00:00Z
closes: %[2]sT20:00:00Z
candidates:
  - {id: rivera, name: Ana Rivera}
  - {id: osei, name: Kwame Osei}
`, name, day)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// outcome is the line with which terraform says what it has done.
var outcome = regexp.MustCompile(`(?m)^(Apply|Destroy) complete!.*$`)

// The whole of it: the archive, an apply, an election that the deployed functions count, their
// logs, another election file, an empty plan, and nothing left.
func TestDeployed(t *testing.T) {
	t.Parallel()
	d := newDeployed(t)
	election, ledger := filepath.Join(t.TempDir(), "election.yaml"), filepath.Join(t.TempDir(), "ledger.json")
	writeElection(t, election, "Mayor of Springfield")
	d.does(t, "..", d.program, "package", "--out", filepath.Join(d.workspace.dir, "..", "dist", "tallystream.zip"))
	inputs := []string{
		"-input=false", "-var=project_id=" + electionProject, "-var=brokers=[\"" + d.access.Kafka + "\"]", "-var=settle_seconds=0",
		"-var=own_state=true", "-var=election_file=" + election,
	}
	terraform := func(command string, more ...string) {
		out := d.must(t, ".", slices.Concat([]string{command, "-auto-approve", "-parallelism=30"}, inputs, more)...)
		t.Logf("$ terraform %s\n%s", command, outcome.FindString(out))
	}

	terraform("apply")
	d.does(t, ".", d.program, "simulate", "--votes", "2000", "--mix", "--election", election, "--ledger", ledger)
	d.does(t, ".", "gcloud", "scheduler", "jobs", "run", "bridge-00", "--location", "us-central1")
	key, _ := d.quietly(t, ".", "gcloud", "secrets", "versions", "access", "latest", "--secret", "tallystream-hmac-key")
	d.env = append(d.env, "HMAC_KEY="+key)
	d.does(t, ".", d.program, "verify", "--cloud", "--patience", "5m", "--ledger", ledger)
	d.does(t, ".", "sh", "-c", d.must(t, ".", "output", "-raw", "results"))
	counted := d.does(t, ".", "bq", "query", "--nouse_legacy_sql", "--format", "csv", "SELECT SUM(votes) AS votes FROM analytics.candidate_totals")
	d.comes(t, "aggregate status=200 ", "gcloud", "functions", "logs", "read", "aggregate")

	if status, body := d.page(t, "/", ""); status != http.StatusForbidden {
		t.Errorf("somebody without a token sees the dashboard: %d %.300s", status, body)
	}
	token, _ := d.quietly(t, ".", "gcloud", "auth", "print-identity-token")
	identity := strings.TrimSpace(token)
	if status, body := d.page(t, "/", identity); status != http.StatusOK || !strings.Contains(body, "<title>Mayor of Springfield") {
		t.Errorf("the owner sees %d %.2000s", status, body)
	}

	d.shown(t, strings.TrimPrefix(counted, "votes\n"), identity)

	writeElection(t, election, "Mayor of Shelbyville")
	for _, change := range d.changes(t, inputs) {
		if !strings.HasPrefix(change, "update module.function[") {
			t.Errorf("another election file changes more than the functions: %s", change)
		}
	}
	terraform("apply")
	if status, body := d.page(t, "/", identity); status != http.StatusOK || !strings.Contains(body, "<title>Mayor of Shelbyville") {
		t.Errorf("with another election file the owner sees %d %.2000s", status, body)
	}
	if out, err := d.run(t, ".", append([]string{"plan", "-detailed-exitcode"}, inputs...)...); err != nil {
		t.Errorf("the next plan isn't empty: %v\n%s", err, out)
	}

	terraform("apply", "-var=deletion_protection=false")
	terraform("destroy", "-var=deletion_protection=false")
	d.checkNothingLeft(t)
}

// checkNothingLeft asks each tool for what there is.
func (d *deployed) checkNothingLeft(t *testing.T) {
	t.Helper()
	for _, what := range []string{
		"functions list", "scheduler jobs list --location us-central1", "pubsub topics list", "pubsub subscriptions list",
		"secrets list", "storage buckets list", "iam service-accounts list", "artifacts repositories list", "logging metrics list",
	} {
		command := append([]string{"gcloud"}, strings.Fields(what)...)
		if out := d.does(t, ".", append(command, "--format", "value(name)")...); out != "" {
			t.Errorf("after destroy gcloud %s has\n%s", what, out)
		}
	}
	if out := d.does(t, ".", "bq", "ls", "--format=json"); strings.Contains(out, "datasetReference") {
		t.Errorf("after destroy bq ls has\n%s", out)
	}
}
