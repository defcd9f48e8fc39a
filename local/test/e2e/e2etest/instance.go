package e2etest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/emulator/process"
)

// serveFunction is the argument with which this test's binary serves the function
// that FUNCTION_TARGET names, at the address that follows.
const serveFunction = "serve-function"

// ServeAsInstance serves a function as an instance in the cloud does, if the process
// was started for that.
func ServeAsInstance() {
	if len(os.Args) != 3 || os.Args[1] != serveFunction {
		return
	}
	host, port, err := net.SplitHostPort(os.Args[2])
	if err == nil {
		err = funcframework.StartHostPort(host, port)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(3)
}

// instance is a function in a process of its own.
type instance struct {
	l       *Line
	url     string
	process *process.Process
	log     buffer.Buffer
}

// instance starts a function with the line's settings, and others before them.
func (l *Line) instance(function string, settings map[string]string) *instance {
	l.t.Helper()
	address, err := process.FreeAddress()
	must(l.t, err)
	env := append(os.Environ(), "FUNCTION_TARGET="+function)
	for _, more := range []map[string]string{l.Env, settings} {
		for name, value := range more {
			env = append(env, name+"="+value)
		}
	}
	i := &instance{l: l, url: "http://" + address}
	i.process, err = process.Start(process.Options{Args: []string{os.Args[0], serveFunction, address}, Env: env, Output: &i.log})
	must(l.t, err)
	l.t.Cleanup(i.process.Kill)
	if err := i.process.AwaitAnswer(l.t.Context(), i.url+"/healthz"); err != nil {
		l.t.Fatalf("%s: %v: %s", function, err, &i.log)
	}
	return i
}

// terminate sends SIGTERM and waits until the process has ended by it, with
// status 0 and one line of log.
func (i *instance) terminate() {
	i.l.t.Helper()
	must(i.l.t, i.process.Signal(syscall.SIGTERM))
	select {
	case <-i.process.Ended():
	case <-time.After(Patience):
		i.l.t.Fatalf("the process lives: %s", &i.log)
	}
	if end := i.process.End(); end != "exit status 0" {
		i.l.t.Errorf("it ended with %s: %s", end, &i.log)
	}
	if n := strings.Count(i.log.String(), "shut down on SIGTERM"); n != 1 {
		i.l.t.Errorf("%d lines on the shutdown: %s", n, &i.log)
	}
}

// answer is what an instance answered to one request.
type answer struct {
	status int
	body   string
	err    error
}

// post sends a request in the background.
func (i *instance) post(ctx context.Context, body string) <-chan answer {
	answered := make(chan answer, 1)
	go func() {
		var a answer
		defer func() { answered <- a }()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, i.url, strings.NewReader(body))
		if err != nil {
			a.err = err
			return
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			a.err = err
			return
		}
		text, err := io.ReadAll(resp.Body)
		a = answer{resp.StatusCode, string(text), errors.Join(err, resp.Body.Close())}
	}()
	return answered
}
