package cloud_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud"
	"github.com/tallystream/tallystream/emulator/cloud/gcloudtest"
)

// gcloud is the real gcloud, led to a cloud.
type gcloud struct {
	t   *testing.T
	env []string
}

// newGcloud skips the test where there is no gcloud.
func newGcloud(t *testing.T, variables []cloud.Variable) *gcloud {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: gcloud isn't run")
	}
	if _, err := exec.LookPath("gcloud"); err != nil {
		t.Skip("gcloud isn't installed: what it makes of the cloud isn't tried")
	}
	g := &gcloud{t: t, env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "CLOUDSDK_CORE_DISABLE_PROMPTS=1", "TZ=UTC"}}
	for _, v := range variables {
		g.env = append(g.env, v.Name+"="+v.Value)
	}
	return g
}

// run calls a tool with arguments that spaces part, and returns its output.
func (g *gcloud) run(command string) (string, error) { return g.call(strings.Fields(command)...) }

// call is run for arguments that may have spaces.
func (g *gcloud) call(args ...string) (string, error) {
	return gcloudtest.Call(g.t.Context(), g.env, "", args...)
}

// want has a command print something.
func (g *gcloud) want(want, command string) {
	g.t.Helper()
	if got, err := g.run(command); err != nil || !strings.Contains(got, want) {
		g.t.Errorf("%s:\n%s\n%v\nwant %s", command, got, err, want)
	}
}

// refused has a command fail and say something.
func (g *gcloud) refused(want, command string) {
	g.t.Helper()
	if got, err := g.run(command); err == nil || !strings.Contains(err.Error(), want) {
		g.t.Errorf("%s:\n%s\n%v\nwant a failure that says %s", command, got, err, want)
	}
}

// Commands as the documentation has them, by endpoints. Through the proxy one of each host shows the same.
func TestGcloud(t *testing.T) {
	_, a := start(t)
	g := newGcloud(t, a.Endpoints())
	g.want("ACTIVE", "gcloud projects describe votes --format=value(lifecycleState)")
	g.want("votes", "gcloud projects list --format=value(projectId)")
	g.want("roles/owner", "gcloud projects get-iam-policy votes --format=value(bindings.role)")
	g.want("", "gcloud services enable run.googleapis.com")
	g.want("run.googleapis.com", "gcloud services list --enabled --format=value(config.name)")
	g.want("", "gcloud iam service-accounts create bridge-account --display-name=Bridge")
	g.want("bridge-account@votes.iam.gserviceaccount.com", "gcloud iam service-accounts list --format=value(email)")
	g.want("roles/pubsub.publisher", "gcloud projects add-iam-policy-binding votes --member=serviceAccount:bridge-account@votes.iam.gserviceaccount.com --role=roles/pubsub.publisher --condition=None --format=value(bindings.role)")
	g.want("", "gcloud pubsub topics create records")
	g.want("projects/votes/topics/records", "gcloud pubsub topics list --format=value(name)")
	g.want("roles/pubsub.subscriber", "gcloud pubsub topics add-iam-policy-binding records --member=user:a@example.com --role=roles/pubsub.subscriber --format=value(bindings.role)")
	g.want("", "gcloud artifacts repositories create images --repository-format=docker --location=us-central1")
	g.want("images", "gcloud artifacts repositories list --format=value(name.basename())")
	g.want("", "gcloud monitoring dashboards list --format=value(name)")
	g.refused("roles/made.up", "gcloud pubsub topics add-iam-policy-binding records --member=user:a@example.com --role=roles/made.up")
	g.refused("resource=none", "gcloud pubsub topics describe none")
	if _, err := os.Stat(filepath.Join(a.Dir, "gcloud")); err != nil {
		t.Errorf("gcloud has its configuration elsewhere: %v", err)
	}

	g = newGcloud(t, a.Proxy())
	g.want("roles/pubsub.publisher", "gcloud projects get-iam-policy votes --format=value(bindings.role)")
	g.want("run.googleapis.com", "gcloud services list --enabled --format=value(config.name)")
	g.want("bridge-account@votes.iam.gserviceaccount.com", "gcloud iam service-accounts list --format=value(email)")
	g.want("roles/pubsub.subscriber", "gcloud pubsub topics add-iam-policy-binding records --member=user:b@example.com --role=roles/pubsub.subscriber --format=value(bindings.role)")
	g.want("images", "gcloud artifacts repositories list --format=value(name.basename())")
	g.want("", "gcloud monitoring dashboards list --format=value(name)")
	g.refused("resource=none", "gcloud pubsub topics describe none")
}

// What isn't emulated is refused by name, at once.
func TestGcloudRefused(t *testing.T) {
	_, a := start(t)
	g := newGcloud(t, a.Proxy())
	g.refused("sqladmin.googleapis.com", "gcloud sql instances list")
	g.want("ey", "gcloud auth print-identity-token")
	g.want("local-cloud.", "gcloud auth print-access-token")
}
