//go:build cgo

package emulated

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/config"
)

// What gcloud puts into a bucket bq loads, and what BigQuery writes there gcloud reads: gs:// is the
// cloud's own Cloud Storage.
func TestCloudBuckets(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: gcloud and bq aren't run")
	}
	for _, tool := range []string{"gcloud", "bq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " isn't installed: what it does with buckets isn't tried")
		}
	}
	h := &cli.Host{Console: console.Plain(t.Output()), Getenv: config.FromMap(nil)}
	c, err := startCloud(t.Context(), h, cloudOptions{
		project: "my-votes", region: "us-central1", owner: "owner@example.com", enforce: true, addresses: settings.FreeAddresses(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	a, err := c.Save(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "CLOUDSDK_CORE_DISABLE_PROMPTS=1", "TZ=UTC"}
	for _, v := range a.Proxy() {
		env = append(env, v.Name+"="+v.Value)
	}
	file := filepath.Join(t.TempDir(), "counts.csv")
	if err := os.WriteFile(file, []byte("Rivera,3\nOkafor,4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		command []string
		want    string
	}{
		{strings.Fields("gcloud storage buckets create gs://counts --location=us-central1"), ""},
		{strings.Fields("gcloud storage cp " + file + " gs://counts/in/one.csv"), ""},
		{strings.Fields("bq mk --dataset votes"), ""},
		{strings.Fields("bq load --source_format=CSV votes.counts gs://counts/in/*.csv candidate:STRING,votes:INTEGER"), ""},
		{strings.Fields("bq extract --noprint_header votes.counts gs://counts/out/one.csv"), ""},
		{append(strings.Fields("bq query --nouse_legacy_sql"), "EXPORT DATA OPTIONS (uri = 'gs://counts/sum/*.json', format = 'JSON') AS SELECT SUM(votes) AS votes FROM votes.counts"), ""},
		{strings.Fields("gcloud storage cat gs://counts/out/one.csv gs://counts/sum/000000000000.json"), "Rivera,3\nOkafor,4\n{\"votes\":\"7\"}"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), run.Patience)
		defer cancel()
		cmd := exec.CommandContext(ctx, step.command[0], step.command[1:]...)
		cmd.Env, cmd.WaitDelay = env, time.Second
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), step.want) {
			t.Fatalf("%s: %v\n%s\nwant %q", strings.Join(step.command, " "), errors.Join(err, ctx.Err()), out, step.want)
		}
	}
}
