package run_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/cloud/api/apitest"
	"github.com/tallystream/tallystream/emulator/cloud/run"
)

// TestMain lets the test's own program be the service that CHILD names.
func TestMain(m *testing.M) {
	switch os.Getenv("CHILD") {
	case "":
		os.Exit(m.Run())
	case "dies":
		fmt.Println("the key is missing")
		os.Exit(3)
	case "deaf":
		select {}
	}
	serve()
}

// serve answers with the variable that the path names, and ends on SIGTERM once it has
// answered everything.
func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc("/crash", func(http.ResponseWriter, *http.Request) { os.Exit(1) })
	mux.HandleFunc("/pid", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Getpid()) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, os.Getenv(r.URL.Path[1:]))
	})
	server := &http.Server{Handler: mux}
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	go func() { _ = server.Serve(l) }()
	<-term
	_ = server.Shutdown(context.Background())
	fmt.Println("ended by SIGTERM")
	os.Exit(0)
}

// log keeps lines with what they are of.
type log struct {
	mu    sync.Mutex
	lines []string // "revision: line"
}

func (l *log) write(resource run.Resource, _ map[string]string, line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, resource.Labels["revision_name"]+": "+string(line))
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

const name = "projects/p/locations/us-central1/services/hello"

// template is a service that serves, or behaves as the test's child of that name.
func template(child string) run.Template {
	return run.Template{
		Service: name, Program: os.Args[0], Environment: map[string]string{"CHILD": child, "GREETING": "hello"},
		ServiceAccount: "hello@p.iam.gserviceaccount.com", Concurrency: 10, MaxInstances: 2, Timeout: time.Minute, Ingress: run.AllTraffic,
		CPU: "1", Memory: "256Mi", Image: "hello:1",
	}
}

func newServices(t *testing.T, o run.Options) *run.Services {
	t.Helper()
	s, err := run.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func deploy(t *testing.T, s *run.Services, template run.Template) run.Deployed {
	t.Helper()
	d, err := s.Deploy(t.Context(), template)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// get asks a service as the bearer of a token, which may be empty.
func get(t *testing.T, url, token string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestEnvironment(t *testing.T) {
	s := newServices(t, run.Options{Environment: func(account string) ([]string, error) {
		return []string{"PUBSUB_EMULATOR_HOST=127.0.0.1:8085 for " + account, "GREETING=overridden"}, nil
	}})
	tt := template("serves")
	tt.Secrets = map[string]run.Secret{"KEY": {Name: "projects/p/secrets/key", Version: "1", Value: "secret"}}
	d := deploy(t, s, tt)
	for variable, want := range map[string]string{
		"K_SERVICE": "hello", "K_CONFIGURATION": "hello", "K_REVISION": d.Revision, "GREETING": "hello", "KEY": "secret",
		"PUBSUB_EMULATOR_HOST": "127.0.0.1:8085 for hello@p.iam.gserviceaccount.com", "GOFLAGS": "",
	} {
		if status, got := get(t, d.URI+"/"+variable, ""); status != http.StatusOK || got != want {
			t.Errorf("%s is %q (%d), want %q", variable, got, status, want)
		}
	}
	if !strings.HasPrefix(d.Revision, "hello-00001-") {
		t.Errorf("revision %q", d.Revision)
	}
}

// clients ask a service for its revision without a pause, until end is called.
type clients struct {
	end  func()
	mu   sync.Mutex
	seen map[string]int // by answer
}

// startClients starts clients. The test has to end them, even if it ends early.
func startClients(t *testing.T, uri string) *clients {
	c := &clients{seen: map[string]int{}}
	var group sync.WaitGroup
	stop := make(chan struct{})
	c.end = sync.OnceFunc(func() {
		close(stop)
		group.Wait()
	})
	for range 4 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				status, revision := get(t, uri+"/K_REVISION", "")
				if status != http.StatusOK {
					revision = fmt.Sprintf("%d %s", status, revision)
				}
				c.mu.Lock()
				c.seen[revision]++
				c.mu.Unlock()
			}
		})
	}
	return c
}

// awaitServed waits until a client has had an answer of a revision.
func (c *clients) awaitServed(t *testing.T, revision string) {
	t.Helper()
	apitest.Await(t, revision+" has served", func() (bool, any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.seen[revision] > 0, maps.Clone(c.seen)
	})
}

// Clients that never stop asking get an answer to every request, while one revision takes
// over from another. Each revision that is replaced ends by SIGTERM.
func TestRevisionsUnderLoad(t *testing.T) {
	lines := &log{}
	s := newServices(t, run.Options{Sink: lines.write})
	first := deploy(t, s, template("serves"))
	c := startClients(t, first.URI)
	defer c.end()
	revisions := []string{first.Revision}
	for range 3 {
		c.awaitServed(t, revisions[len(revisions)-1])
		next := deploy(t, s, template("serves"))
		if next.URI != first.URI {
			t.Errorf("the address is %s, and was %s", next.URI, first.URI)
		}
		revisions = append(revisions, next.Revision)
	}
	c.awaitServed(t, revisions[3])
	c.end()
	for answer, n := range c.seen {
		if !strings.Contains(strings.Join(revisions, " "), answer) {
			t.Errorf("%d requests were answered with %q", n, answer)
		}
	}
	s.Delete(name)
	for _, revision := range revisions {
		if !strings.Contains(lines.String(), revision+": ended by SIGTERM") {
			t.Errorf("%s wasn't ended by SIGTERM:\n%s", revision, lines)
		}
	}
}

func TestRevisionsThatDontStart(t *testing.T) {
	lines := &log{}
	s := newServices(t, run.Options{Sink: lines.write})
	if _, err := s.Deploy(t.Context(), template("dies")); err == nil {
		t.Fatal("it started")
	}
	good := deploy(t, s, template("serves"))
	noProgram := template("serves")
	noProgram.Program = "/no/such/program"
	for _, tt := range []struct {
		template run.Template
		want     []string
	}{
		{template("dies"), []string{
			"Revision 'hello-00002-", "is not ready and cannot serve traffic. The user-provided container failed to start and listen on the port defined provided by the PORT=",
			"What happened: the process ended with exit status 3", "Its log ends with:\nthe key is missing\n",
		}},
		{noProgram, []string{"no such file or directory"}},
	} {
		_, err := s.Deploy(t.Context(), tt.template)
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
		}
		if status, revision := get(t, good.URI+"/K_REVISION", ""); status != http.StatusOK || revision != good.Revision {
			t.Errorf("then %d %s, want %s to serve", status, revision, good.Revision)
		}
	}
	if !strings.Contains(lines.String(), "Default STARTUP TCP probe failed") {
		t.Errorf("the log has no failed probe:\n%s", lines)
	}
}

func TestRevisionThatDoesntListen(t *testing.T) {
	s := newServices(t, run.Options{StartTimeout: time.Second})
	_, err := s.Deploy(t.Context(), template("deaf"))
	if want := "What happened: nothing listens on the port after 1s"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

// A process that ends by itself is replaced when a request needs it.
func TestCrash(t *testing.T) {
	s := newServices(t, run.Options{})
	d := deploy(t, s, template("serves"))
	_, before := get(t, d.URI+"/pid", "")
	if status, _ := get(t, d.URI+"/crash", ""); status != http.StatusServiceUnavailable {
		t.Errorf("the request that crashes it is answered with %d", status)
	}
	var status int
	var after string
	apitest.Await(t, "another process answers", func() (bool, any) {
		status, after = get(t, d.URI+"/pid", "")
		return status != http.StatusServiceUnavailable, status // until the end of the process has been seen
	})
	if status != http.StatusOK || after == before {
		t.Errorf("then %d from process %s, want another than %s", status, after, before)
	}
}

func TestDelete(t *testing.T) {
	s := newServices(t, run.Options{})
	d := deploy(t, s, template("serves"))
	_, text := get(t, d.URI+"/pid", "")
	var pid int
	if _, err := fmt.Sscan(text, &pid); err != nil {
		t.Fatal(err)
	}
	s.Delete(name)
	if err := syscall.Kill(pid, 0); err == nil {
		t.Errorf("process %d is there", pid)
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(d.URI, "http://")); err == nil {
		conn.Close()
		t.Errorf("something listens on %s", d.URI)
	}
}

func TestTemplatesThatAreRefused(t *testing.T) {
	s := newServices(t, run.Options{})
	for want, change := range map[string]func(*run.Template){
		`name of the service is "hello"`:                      func(t *run.Template) { t.Service = "hello" },
		`ingress of ` + name + ` is "all"`:                    func(t *run.Template) { t.Ingress = "all" },
		"variable GREETING of " + name + " has a value and a": func(t *run.Template) { t.Secrets = map[string]run.Secret{"GREETING": {}} },
		"concurrency 0: want 1 to 1000":                       func(t *run.Template) { t.Concurrency = 0 },
	} {
		tt := template("serves")
		change(&tt)
		if _, err := s.Deploy(t.Context(), tt); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
