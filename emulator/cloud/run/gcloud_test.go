package run_test

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/gcloudtest"
	"github.com/tallystream/tallystream/emulator/cloud/run"
)

func TestGcloud(t *testing.T) {
	s := newServices(t, run.Options{})
	g := gcloudtest.New(t, "run", s, "/")
	tt := template("serves")
	tt.Creator = "ann@example.org"
	tt.Secrets = map[string]run.Secret{"KEY": {Name: "projects/p/secrets/key", Version: "latest", Value: "secret"}}
	d := deploy(t, s, tt)
	expect := func(want string, args ...string) {
		t.Helper()
		if got := g.Run("", args...); got != want {
			t.Errorf("gcloud %v:\n got %q\nwant %q", args, got, want)
		}
	}
	expect("hello\tus-central1\t"+d.URI, "run", "services", "list", "--format=value(metadata.name,region,status.url)")

	// With a region gcloud puts it before the host: a proxy has to find that.
	g.Setenv("HTTP_PROXY", g.URL)
	g.Setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN", strings.Replace(g.URL, "127.0.0.1", "run.local", 1)+"/")
	expect("hello", "run", "services", "list", "--region=us-central1", "--format=value(metadata.name)")
	expect("", "run", "services", "list", "--region=europe-west1", "--format=value(metadata.name)")
	text := g.Run("", "run", "services", "describe", "hello", "--region=us-central1")
	for _, want := range []string{d.URI, "ann@example.org", d.Revision, "hello:1", "hello@p.iam.gserviceaccount.com", "CHILD", "key:latest", "Concurrency:     10"} {
		if !strings.Contains(text, want) {
			t.Errorf("run services describe lacks %q:\n%s", want, text)
		}
	}
	expect("roles/run.invoker", "run", "services", "add-iam-policy-binding", "hello", "--region=us-central1",
		"--member=serviceAccount:scheduler@p.iam.gserviceaccount.com", "--role=roles/run.invoker", "--format=value(bindings.role)")
	g.Refused("Cannot find service [bye]", "", "run", "services", "describe", "bye", "--region=us-central1")
}
