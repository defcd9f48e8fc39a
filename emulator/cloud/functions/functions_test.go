package functions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/api/apitest"
	"github.com/tallystream/tallystream/emulator/cloud/build"
	"github.com/tallystream/tallystream/emulator/cloud/build/buildtest"
	"github.com/tallystream/tallystream/emulator/cloud/functions"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/run"
	"github.com/tallystream/tallystream/emulator/cloud/secretmanager"
)

// uploads is where archives are: what a PUT brings.
type uploads struct {
	url string

	mu  sync.Mutex
	all map[string][]byte // by path
}

func (u *uploads) UploadURL(_, bucket, object string) string {
	return u.url + "/" + bucket + "/" + object
}

func (u *uploads) Object(_ context.Context, bucket, object string) (io.ReadCloser, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	content, ok := u.all["/"+bucket+"/"+object]
	if !ok {
		return nil, status.Errorf(codes.NotFound, "No such object: %s/%s", bucket, object)
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

func (u *uploads) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	content, _ := io.ReadAll(r.Body)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all[r.URL.Path] = content
}

// cloud is what a function needs.
type cloud struct {
	*functions.Service
	t        *testing.T
	uploads  *uploads
	secrets  *secretmanager.Service
	services *run.Services
	records  *build.Records
	policies *policy.Policies

	mu  sync.Mutex
	log []string // lines: of builds, and of revisions
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{t: t, uploads: &uploads{all: map[string][]byte{}}, records: build.NewRecords(), policies: policy.New()}
	server := httptest.NewServer(c.uploads)
	t.Cleanup(server.Close)
	c.uploads.url = server.URL
	c.secrets = secretmanager.New(c.policies)
	var err error
	c.services, err = run.New(run.Options{Policies: c.policies, Sink: c.write})
	if err != nil {
		t.Fatal(err)
	}
	c.Service = functions.New(context.Background(), functions.Options{
		Sources: c.uploads, Secrets: c.secrets, Services: c.services, Builds: build.NewCache(t.TempDir()), Records: c.records,
		Policies: c.policies, EnforceSecrets: true, Sink: c.write,
	})
	t.Cleanup(func() {
		c.Wait()
		c.services.Close()
	})
	return c
}

func (c *cloud) write(resource run.Resource, _ map[string]string, line []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, resource.Type+": "+string(line))
}

func (c *cloud) logged() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.log, "\n")
}

// call sends a request to a handler and returns the status and the JSON of the answer.
func (c *cloud) call(handler http.Handler, method, path string, body any) (int, api.Object) {
	c.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return apitest.Send(c.t, handler, method, path, string(text))
}

const (
	location = "/v2/projects/p/locations/us-central1"
	hello    = location + "/functions/hello"
)

// operate has a change done, and returns the operation when it is.
func (c *cloud) operate(method, path string, body any) api.Object {
	c.t.Helper()
	code, started := c.call(c, method, path, body)
	if code != http.StatusOK || started["done"] != false {
		c.t.Fatalf("%s %s: %d %v, want an operation that isn't done", method, path, code, started)
	}
	var o api.Object
	apitest.Await(c.t, method+" "+path+" is done", func() (bool, any) {
		if code, o = c.call(c, http.MethodGet, "/v2/"+started["name"].(string), nil); code != http.StatusOK {
			c.t.Fatalf("%v: %d %v", started["name"], code, o)
		}
		return o["done"] == true, o
	})
	return o
}

// deploy has a change of a function done that has to succeed, and returns the function.
func (c *cloud) deploy(method, path string, body any) api.Object {
	c.t.Helper()
	o := c.operate(method, path, body)
	if o["error"] != nil {
		c.t.Fatalf("%s %s: %v\n%s", method, path, o["error"], c.logged())
	}
	_, f := c.call(c, http.MethodGet, hello, nil)
	return f
}

// put uploads an archive, and returns the source that it is.
func (c *cloud) put(object string, files map[string]string) api.Object {
	c.uploads.all["/archives/"+object] = buildtest.Zip(c.t, files)
	return api.Object{"storageSource": api.Object{"bucket": "archives", "object": object}}
}

func definition(source api.Object, entryPoint string) api.Object {
	return api.Object{
		"buildConfig":   api.Object{"runtime": "go126", "entryPoint": entryPoint, "source": source},
		"serviceConfig": api.Object{"environmentVariables": api.Object{"GREETING": "hello"}, "serviceAccountEmail": "hello@p.iam.gserviceaccount.com"},
	}
}

// answer is what a function answers.
func (c *cloud) answer(f api.Object) string {
	c.t.Helper()
	resp, err := http.Get(at(f, "serviceConfig", "uri").(string))
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return fmt.Sprint(resp.StatusCode, " ", string(text))
}

// at is a field of a field of an object.
func at(o api.Object, path ...string) any {
	var v any = o
	for _, field := range path {
		inner, _ := v.(api.Object)
		v = inner[field]
	}
	return v
}

// program is a function that registers two: one greets, the other dies.
const program = `package function

import (
	"fmt"
	"net/http"
	"os"

	"github.com/GoogleCloudPlatform/functions-framework-go/functions"
)

func init() {
	if os.Getenv("DIE") != "" {
		fmt.Fprintln(os.Stderr, "no reason to live")
		os.Exit(7)
	}
	functions.HTTP("greet", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Println("{\"severity\":\"NOTICE\",\"message\":\"greeting\"}")
		fmt.Fprint(w, os.Getenv("GREETING"), os.Getenv("KEY"), " from ", os.Getenv("K_SERVICE"))
	})
}
`

// TestLife takes a function from its creation through changes, good and bad, to its end.
func TestLife(t *testing.T) {
	c := newCloud(t)
	source := c.put("one.zip", buildtest.Function(t, program))
	f := c.deploy(http.MethodPost, location+"/functions?functionId=hello", definition(source, "greet"))
	if got := c.answer(f); got != "200 hello from hello" {
		t.Errorf("it answers %s", got)
	}
	for path, want := range map[string]any{
		"state": "ACTIVE", "environment": "GEN_2", "serviceConfig.service": "projects/p/locations/us-central1/services/hello",
		"serviceConfig.timeoutSeconds": 60.0, "serviceConfig.maxInstanceCount": 100.0, "serviceConfig.ingressSettings": "ALLOW_ALL", "url": at(f, "serviceConfig", "uri"),
	} {
		if got := at(f, strings.Split(path, ".")...); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if code, _ := c.call(c, http.MethodPost, location+"/functions?functionId=hello", definition(source, "greet")); code != http.StatusConflict {
		t.Errorf("created again: %d, want 409", code)
	}
	c.secret("key", "!")
	changed := c.deploy(http.MethodPatch, hello+"?updateMask=service_config.environment_variables,serviceConfig.secretEnvironmentVariables", api.Object{
		"serviceConfig": api.Object{
			"environmentVariables":       api.Object{"GREETING": "bye"},
			"secretEnvironmentVariables": []api.Object{{"key": "KEY", "projectId": "p", "secret": "key", "version": "latest"}},
		},
	})
	if got := c.answer(changed); got != "200 bye! from hello" {
		t.Errorf("then it answers %s", got)
	}
	if at(changed, "serviceConfig", "uri") != at(f, "serviceConfig", "uri") || at(changed, "buildConfig", "build") != at(f, "buildConfig", "build") {
		t.Errorf("the change of a variable made\n%v of\n%v", changed, f)
	}
	c.fails(changed, "dies", api.Object{"serviceConfig": api.Object{"environmentVariables": api.Object{"DIE": "1"}}},
		"Could not create or update Cloud Run service hello, Container Healthcheck failed. Revision 'hello-00003-", "no reason to live", "exit status 7")
	c.fails(changed, "no such name", api.Object{"buildConfig": api.Object{"entryPoint": "grete", "runtime": "go126", "source": source}},
		"Container Healthcheck failed", "grete")
	c.fails(changed, "no archive", api.Object{"buildConfig": definition(api.Object{"storageSource": api.Object{"bucket": "archives", "object": "two.zip"}}, "greet")["buildConfig"]},
		"Build failed with status: FAILURE and message: fetch the source gs://archives/two.zip: No such object", "gcloud builds log ")
	code := c.fails(changed, "bad source", api.Object{"buildConfig": definition(c.put("bad.zip", buildtest.Function(t, "package function\nvar x int = y\n")), "greet")["buildConfig"]},
		"Build failed with status: FAILURE and message: build the source")
	if code != 3.0 {
		t.Errorf("a build that fails has the code %v, want 3", code)
	}
	c.fails(changed, "no secret", api.Object{"serviceConfig": api.Object{"secretEnvironmentVariables": []api.Object{{"key": "KEY", "secret": "none", "version": "1"}}}},
		"Permission denied on secret: projects/p/secrets/none/versions/1 for Revision service account ")
	c.operate(http.MethodDelete, hello, nil)
	if code, _ := c.call(c, http.MethodGet, hello, nil); code != http.StatusNotFound {
		t.Errorf("after it was deleted: %d", code)
	}
	if !strings.Contains(c.logged(), `cloud_run_revision: {"severity":"NOTICE","message":"greeting"}`) || !strings.Contains(c.logged(), "build: DONE") {
		t.Errorf("the log:\n%s", c.logged())
	}
}

// secret makes a secret that the function may read.
func (c *cloud) secret(name, value string) {
	c.t.Helper()
	for path, body := range map[string]any{"": api.Object{"replication": api.Object{"automatic": api.Object{}}}} {
		if code, answer := c.call(c.secrets, http.MethodPost, "/v1/projects/p/secrets?secretId="+name+path, body); code != http.StatusOK {
			c.t.Fatal(code, answer)
		}
	}
	if code, answer := c.call(c.secrets, http.MethodPost, "/v1/projects/p/secrets/"+name+":addVersion", api.Object{"payload": api.Object{"data": []byte(value)}}); code != http.StatusOK {
		c.t.Fatal(code, answer)
	}
	_, err := c.policies.Set("//secretmanager.googleapis.com/projects/p/secrets/"+name, policy.Policy{Bindings: []policy.Binding{{
		Role: "roles/secretmanager.secretAccessor", Members: []string{"serviceAccount:hello@p.iam.gserviceaccount.com"},
	}}})
	if err != nil {
		c.t.Fatal(err)
	}
}

// fails has a change fail, with an error that says some words, and the function be as it was. It returns the error's code.
func (c *cloud) fails(before api.Object, what string, body api.Object, want ...string) (code any) {
	c.t.Helper()
	o := c.operate(http.MethodPatch, hello, body)
	message, _ := at(o, "error", "message").(string)
	for _, w := range want {
		if !strings.Contains(message, w) {
			c.t.Errorf("%s: error %q, want %q", what, message, w)
		}
	}
	_, after := c.call(c, http.MethodGet, hello, nil)
	if after["state"] != "ACTIVE" || at(after, "serviceConfig", "revision") != at(before, "serviceConfig", "revision") || after["stateMessages"] == nil {
		c.t.Errorf("%s: the function is then %v", what, after)
	}
	if got := c.answer(after); got != "200 bye! from hello" {
		c.t.Errorf("%s: it answers %s", what, got)
	}
	return at(o, "error", "code")
}
