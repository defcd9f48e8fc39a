package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"
)

// serveFunction is the argument with which this test's binary serves the function
// that FUNCTION_TARGET names, at the address that follows.
const serveFunction = "serve-function"

// serveAsInstance serves as an instance in the cloud does, if the process was
// started for it.
func serveAsInstance() {
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
	l     *line
	url   string
	cmd   *exec.Cmd
	log   log
	ended chan struct{}
}

// log is what an instance writes.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// instance starts a function with the line's settings, and others before them.
func (l *line) instance(function string, settings map[string]string) *instance {
	l.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") // the framework can't choose a port
	must(l.t, err)
	address := listener.Addr().String()
	must(l.t, listener.Close())
	i := &instance{l: l, url: "http://" + address, ended: make(chan struct{})}
	i.cmd = exec.CommandContext(l.t.Context(), os.Args[0], serveFunction, address)
	i.cmd.Env = append(os.Environ(), "FUNCTION_TARGET="+function)
	for _, env := range []map[string]string{l.env, settings} {
		for name, value := range env {
			i.cmd.Env = append(i.cmd.Env, name+"="+value)
		}
	}
	i.cmd.Stdout, i.cmd.Stderr = &i.log, &i.log
	must(l.t, i.cmd.Start())
	go func() {
		_ = i.cmd.Wait() // its status tells
		close(i.ended)
	}()
	l.await(function+" listens", func() bool {
		select {
		case <-i.ended:
			l.t.Fatalf("%s ended before it listened: %s", function, &i.log)
		case <-time.After(5 * time.Millisecond):
		}
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return i
}

// terminate sends SIGTERM and waits until the process has ended by it, with
// status 0 and one line of log.
func (i *instance) terminate() {
	i.l.t.Helper()
	must(i.l.t, i.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-i.ended:
	case <-time.After(patience):
		i.l.t.Fatalf("the process lives: %s", &i.log)
	}
	if code := i.cmd.ProcessState.ExitCode(); code != 0 {
		i.l.t.Errorf("exit status %d: %s", code, &i.log)
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
