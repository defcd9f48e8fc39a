package cloud_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/cloud/api/apitest"
	"github.com/tallystream/tallystream/emulator/cloud/build/buildtest"
	"github.com/tallystream/tallystream/emulator/cloud/gcloudtest"
)

const greeter = `package greeter

import (
	"fmt"
	"net/http"

	"github.com/GoogleCloudPlatform/functions-framework-go/functions"
)

func init() {
	functions.HTTP("greet", func(_ http.ResponseWriter, r *http.Request) {
		fmt.Printf("{\"severity\":\"WARNING\",\"message\":\"greeted for %s\",\"logging.googleapis.com/labels\":{\"execution_id\":\"e1\"}}\n", r.Header.Get("X-CloudScheduler-JobName"))
	})
}
`

// A function is deployed, called by a job of Cloud Scheduler with the token of an account
// that may, and read of: in the function's log, in Cloud Logging, and as it comes.
func TestGcloudFunctions(t *testing.T) {
	_, a := start(t)
	g := newGcloud(t, a.Proxy())
	dir := t.TempDir()
	for name, text := range buildtest.Function(t, greeter) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const scheduler = "scheduler@votes.iam.gserviceaccount.com"
	g.want("", "gcloud iam service-accounts create scheduler")
	url, err := g.run("gcloud functions deploy greeter --gen2 --runtime=go126 --trigger-http --no-allow-unauthenticated --entry-point=greet --source=" + dir +
		" --service-account=" + scheduler + " --format=value(url)")
	if err != nil {
		t.Fatal(err)
	}
	lines := g.tail("severity>=WARNING", "value(json_payload.message)") // as tail names it
	const begun = `{"logName":"projects/votes/logs/test","resource":{"type":"global"},"entries":[{"severity":"ERROR","jsonPayload":{"message":"begun"}}]}`
	late := time.After(gcloudtest.Longest)
	for begins := false; !begins; {
		if code, body := request(t, a, owner, "POST", "/logging/v2/entries:write", begun); code != 200 {
			t.Fatal(body)
		}
		select {
		case _, begins = <-lines:
			if !begins {
				t.Fatal("the tail ended before it began")
			}
		case <-late:
			t.Fatalf("the tail hasn't begun within %v", gcloudtest.Longest)
		case <-time.After(50 * time.Millisecond):
		}
	}
	if _, err := g.call("gcloud", "scheduler", "jobs", "create", "http", "greetings", "--location=us-central1", "--schedule=0 0 29 2 *", "--uri="+url, "--oidc-service-account-email="+scheduler); err != nil {
		t.Fatal(err)
	}
	status := func(want string) {
		t.Helper()
		g.want("", "gcloud scheduler jobs run greetings --location=us-central1")
		apitest.Await(t, "the job has ended with "+want, func() (bool, any) {
			_, job := request(t, a, owner, "GET", "/cloudscheduler/v1/projects/votes/locations/us-central1/jobs/greetings", "")
			return strings.Contains(job, want), job
		})
	}
	status(`"status":{"code":7`)
	g.want(scheduler, "gcloud functions add-invoker-policy-binding greeter --gen2 --member=serviceAccount:"+scheduler)
	status(`"status":{}`)
	g.want("WARNING  greeter  e1", "gcloud functions logs read greeter --gen2")
	g.want("greeted for greetings", "gcloud logging read severity=WARNING --format=value(jsonPayload.message)")
	g.want("PERMISSION_DENIED", "gcloud logging read resource.type=cloud_scheduler_job --format=value(jsonPayload.status)")
	for line := range lines {
		if line == "greeted for greetings" {
			return
		}
	}
	t.Error("the tail has ended without the function's line")
}

// tail has gcloud tail logs until the test ends, and returns the lines that it writes.
func (g *gcloud) tail(filter, format string) <-chan string {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), 2*gcloudtest.Longest)
	g.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "gcloud", "beta", "logging", "tail", filter, "--format="+format, "--buffer-window=0s")
	cmd.Env = append(g.env[:len(g.env):len(g.env)], "PYTHONUNBUFFERED=1") // or it keeps lines that aren't 8 KiB
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		g.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(stdout); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return lines
}
