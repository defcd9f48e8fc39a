package functions_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/build/buildtest"
	"github.com/tallystream/tallystream/emulator/cloud/gcloudtest"
	"github.com/tallystream/tallystream/emulator/cloud/project"
	"github.com/tallystream/tallystream/emulator/cloud/run"
	"github.com/tallystream/tallystream/emulator/cloud/token"
)

// TestGcloud has the real gcloud deploy a function from a folder, show it, call it,
// change it and delete it.
func TestGcloud(t *testing.T) {
	c := newCloud(t)
	projects := project.New(c.policies, "p")
	mux := http.NewServeMux()
	for name, service := range map[string]http.Handler{
		"cloudfunctions": c.Service, "run": c.services, "cloudbuild": c.records,
		"cloudresourcemanager": projects, "serviceusage": project.NewServices(projects),
	} {
		mux.Handle("/"+name+"/", http.StripPrefix("/"+name, service))
	}
	mux.Handle("/token", token.New(project.NewIAM(projects, c.policies), c.policies, false))
	g := gcloudtest.New(t, "cloudfunctions", mux, "/cloudfunctions/")
	for _, name := range []string{"run", "cloudbuild", "cloudresourcemanager", "serviceusage"} {
		g.Setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_"+strings.ToUpper(name), g.URL+"/"+name+"/")
	}
	asAnn(t, g)
	g.Setenv("CLOUDSDK_FUNCTIONS_REGION", "us-central1")

	dir := t.TempDir()
	write(t, dir, buildtest.Function(t, program))
	deploy := []string{"functions", "deploy", "hello", "--gen2", "--runtime=go126", "--trigger-http", "--no-allow-unauthenticated",
		"--entry-point=greet", "--source=" + dir, "--service-account=hello@p.iam.gserviceaccount.com"}
	expect := func(want string, args ...string) {
		t.Helper()
		if got := g.Run("", args...); got != want {
			t.Errorf("gcloud %v:\n got %q\nwant %q", args, got, want)
		}
	}
	expect("ACTIVE\tGEN_2\tgreet", append(deploy, "--set-env-vars=GREETING=hi", "--format=value(state,environment,buildConfig.entryPoint)")...)
	expect("hello\tACTIVE\tus-central1", "functions", "list", "--format=value(name.basename(),state,name.segment(3))")
	expect("hi from hello", "functions", "call", "hello", "--gen2")
	expect("hi", "functions", "describe", "hello", "--gen2", "--format=value(serviceConfig.environmentVariables.GREETING)")
	expect("hello\tann@example.org", "run", "services", "list", "--format=value(metadata.name,metadata.annotations['serving.knative.dev/lastModifier'])")
	expect("bye", append(deploy, "--update-env-vars=GREETING=bye", "--format=value(serviceConfig.environmentVariables.GREETING)")...)
	expect("bye from hello", "functions", "call", "hello", "--gen2")
	g.Run("", "functions", "add-invoker-policy-binding", "hello", "--gen2", "--member=serviceAccount:scheduler@p.iam.gserviceaccount.com")
	service := run.FullName("projects/p/locations/us-central1/services/hello")
	if !c.policies.Allowed("serviceAccount:scheduler@p.iam.gserviceaccount.com", "run.routes.invoke", service) {
		t.Errorf("the policy of the service is %+v", c.policies.Get(service))
	}
	if names := g.Run("", "functions", "runtimes", "list", "--region=us-central1", "--format=value(name)"); !strings.Contains(names, "go126") {
		t.Errorf("the runtimes are %q", names)
	}

	// What is wrong is said, and where the log of the build is.
	write(t, dir, map[string]string{"function.go": "package function\n\nfunc greet() { return 1 }\n"})
	// gcloud has the operation's code before this where it saw the build under way: it may fail before gcloud first looks.
	said := g.Refused(`Build failed with status: FAILURE and message: build the source: package function has no function "greet"`, "", deploy...)
	id := regexp.MustCompile(`gcloud builds log (\S+) `).FindStringSubmatch(said)
	if id == nil {
		t.Fatalf("gcloud doesn't say where the log is: %s", said)
	}
	expect("FAILURE\tp", "builds", "describe", id[1], "--region=us-central1", "--format=value(status,projectId)")
	expect("", "functions", "delete", "hello", "--gen2", "--quiet")
	expect("", "functions", "list", "--v2", "--format=value(name)")
	g.Refused("nodejs22", "", "functions", "deploy", "bye", "--gen2", "--runtime=nodejs22", "--trigger-http", "--entry-point=bye", "--source="+dir)
}

// asAnn gives gcloud credentials of ann@example.org.
func asAnn(t *testing.T, g *gcloudtest.CLI) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credentials.json")
	text := `{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"` + token.Access("ann@example.org") + `"}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g.Setenv("CLOUDSDK_AUTH_DISABLE_CREDENTIALS", "false")
	g.Setenv("CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", file)
	g.Setenv("CLOUDSDK_AUTH_TOKEN_HOST", g.URL+"/token")
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
