package scheduler_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/api/apitest"
	"github.com/tallystream/tallystream/emulator/cloud/gcloudtest"
	"github.com/tallystream/tallystream/emulator/cloud/scheduler"
	"github.com/tallystream/tallystream/emulator/cloud/token"
	"github.com/tallystream/tallystream/emulator/profile"
)

const (
	collection = "/v1/projects/p/locations/us-central1/jobs"
	account    = "scheduler@p.iam.gserviceaccount.com"
)

// received is a call that a target got.
type received struct{ method, path, body, header, account string }

// target is a server that answers with a status, and what it got.
func target(t *testing.T, code int) (string, <-chan received) {
	t.Helper()
	got := make(chan received, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // short where it fails
		account, _ := token.Email(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		got <- received{r.Method, r.URL.Path, string(body), r.Header.Get("X-Test"), account}
		w.WriteHeader(code)
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

func service(t *testing.T, o scheduler.Options) *scheduler.Service {
	t.Helper()
	s := scheduler.New(t.Context(), o)
	t.Cleanup(s.Close)
	return s
}

func job(name, schedule, fields string) string {
	return `{"name":"projects/p/locations/us-central1/jobs/` + name + `","schedule":"` + schedule + `",` + fields + `}`
}

func TestRun(t *testing.T) {
	s := service(t, scheduler.Options{})
	url, got := target(t, http.StatusNotFound)
	code, made := apitest.Send(t, s, "POST", collection, job("j", "0 0 1 1 *",
		`"httpTarget":{"uri":"`+url+`/f","httpMethod":"PUT","body":"aGVsbG8=","headers":{"X-Test":"yes"},"oidcToken":{"serviceAccountEmail":"`+account+`"}}`))
	if code != 200 || made["state"] != "ENABLED" || made["timeZone"] != "UTC" || made["scheduleTime"] == nil {
		t.Fatalf("%d %v", code, made)
	}
	if code, _ := apitest.Send(t, s, "POST", collection+"/j:pause", `{}`); code != 200 {
		t.Fatal(code)
	}
	if code, _ := apitest.Send(t, s, "POST", collection+"/j:run", `{}`); code != 200 { // a paused one too
		t.Fatal(code)
	}
	if r, want := <-got, (received{"PUT", "/f", "hello", "yes", account}); r != want {
		t.Errorf("called with %v, want %v", r, want)
	}
	var j api.Object
	apitest.Await(t, "the answer has come", func() (bool, any) {
		_, j = apitest.Send(t, s, "GET", collection+"/j", "")
		return j["lastAttemptTime"] != nil, j
	})
	if j["status"].(api.Object)["code"] != 5.0 || j["state"] != "PAUSED" || j["scheduleTime"] != nil {
		t.Errorf("after a 404: %v", j)
	}
	_, changed := apitest.Send(t, s, "PATCH", collection+"/j?updateMask=schedule,httpTarget.uri", `{"schedule":"5 * * * *","httpTarget":{"uri":"`+url+`/g"},"description":"no"}`)
	if changed["schedule"] != "5 * * * *" || changed["state"] != "PAUSED" || changed["description"] != nil || changed["httpTarget"].(api.Object)["body"] != "aGVsbG8=" {
		t.Errorf("changed: %v", changed)
	}
	apitest.Send(t, s, "POST", collection+"/j:run", `{}`)
	if r := <-got; r.path != "/g" {
		t.Errorf("the changed job called %s", r.path)
	}
	if code, _ := apitest.Send(t, s, "DELETE", collection+"/j", ""); code != 200 || len(s.Names()) != 0 {
		t.Errorf("deleted: %d, left %v", code, s.Names())
	}
}

// A call that fails is repeated as the job says, and each attempt is in the log.
func TestRetries(t *testing.T) {
	lines := make(chan string, 100)
	s := service(t, scheduler.Options{Sink: func(labels map[string]string, line []byte) {
		lines <- labels["project_id"] + labels["location"] + labels["job_id"] + string(line)
	}})
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) < 3 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(server.Close)
	if code, made := apitest.Send(t, s, "POST", collection, job("j", "0 0 1 1 *", `"httpTarget":{"uri":"`+server.URL+`"},"retryConfig":{"retryCount":5,"minBackoffDuration":"0.001s"}`)); code != 200 {
		t.Fatal(made)
	}
	apitest.Send(t, s, "POST", collection+"/j:run", `{}`)
	for attempt := range 3 {
		if line := <-lines; !strings.HasPrefix(line, "pus-central1j{") || !strings.Contains(line, "AttemptStarted") {
			t.Errorf("attempt %d began with %s", attempt, line)
		}
		line := <-lines
		for _, want := range []string{"AttemptFinished", `"jobName":"projects/p/locations/us-central1/jobs/j"`, []string{`"status":"INTERNAL"`, `"status":"INTERNAL"`, `"httpRequest":{"status":200}`}[attempt]} {
			if !strings.Contains(line, want) {
				t.Errorf("attempt %d ended with %s, want %s", attempt, line, want)
			}
		}
	}
	if _, j := apitest.Send(t, s, "GET", collection+"/j", ""); len(j["status"].(api.Object)) != 0 {
		t.Errorf("the status is %v, want OK", j["status"])
	}
}

// A job is called minute by minute, by a profile with short ones.
func TestSchedule(t *testing.T) {
	p, err := profile.Parse("cloud/100", profile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := service(t, scheduler.Options{Profile: p})
	url, got := target(t, http.StatusOK)
	if code, made := apitest.Send(t, s, "POST", collection, job("j", "* * * * *", `"httpTarget":{"uri":"`+url+`/f"}`)); code != 200 {
		t.Fatal(made)
	}
	for range 2 {
		if r := <-got; r.method != "POST" || r.path != "/f" || r.account != "" {
			t.Errorf("called with %v", r)
		}
	}
}

func TestRefused(t *testing.T) {
	s := service(t, scheduler.Options{})
	const to = `"httpTarget":{"uri":"http://127.0.0.1:9/"}`
	for body, want := range map[string]string{
		job("j", "* * * * *", `"pubsubTarget":{}`):                                "pubsubTarget",
		job("j", "* * * * *", `"description":"none"`):                             "httpTarget is missing",
		job("j", "continuously", to):                                              "five unix-cron fields",
		job("j", "* * 32 * *", to):                                                "32",
		job("j", "* * * * *", to+`,"timeZone":"Mars/Base"`):                       "Mars/Base",
		job("j", "* * * * *", to+`,"attemptDeadline":"5s"`):                       "attemptDeadline",
		job("j", "* * * * *", to+`,"retryConfig":{"retryCount":6}`):               "retryCount",
		job("j", "* * * * *", to+`,"retryConfig":{"minBackoffDuration":"1m"}`):    "minBackoffDuration",
		job("j", "* * * * *", `"httpTarget":{"uri":"ftp://h/"}`):                  "ftp://h/",
		job("j", "* * * * *", `"httpTarget":{"uri":"http://h/","oauthToken":{}}`): "oauthToken",
		job("a/b", "* * * * *", to):                                               "Job name",
	} {
		code, answer := apitest.Send(t, s, "POST", collection, body)
		if message := answer["error"].(api.Object)["message"].(string); code != 400 || !strings.Contains(message, want) {
			t.Errorf("%s: %d %s, want 400 and %q", body, code, message, want)
		}
	}
	if code, _ := apitest.Send(t, s, "POST", collection+"/none:run", `{}`); code != 404 {
		t.Errorf("run of no job: %d, want 404", code)
	}
}

func TestGcloud(t *testing.T) {
	s := service(t, scheduler.Options{})
	g := gcloudtest.New(t, "cloudscheduler", s, "/")
	url, got := target(t, http.StatusOK)
	g.Run("", "scheduler", "jobs", "create", "http", "j", "--location=us-central1", "--schedule=0 0 1 1 *", "--uri="+url+"/f", "--message-body=hello", "--oidc-service-account-email="+account)
	g.Run("", "scheduler", "jobs", "run", "j", "--location=us-central1")
	if r := <-got; r.body != "hello" || r.account != account {
		t.Errorf("called with %v", r)
	}
	g.Run("", "scheduler", "jobs", "pause", "j", "--location=us-central1")
	if got := g.Run("", "scheduler", "jobs", "list", "--location=us-central1", "--format=value(name.basename(),state)"); got != "j\tPAUSED" {
		t.Errorf("list: %q", got)
	}
	g.Run("", "scheduler", "jobs", "delete", "j", "--location=us-central1")
	g.Refused("Job not found", "", "scheduler", "jobs", "describe", "j", "--location=us-central1")
}
