package buildpack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Instance is a running function.
type Instance struct {
	URL         string
	FirstAnswer time.Duration // from the start of the process to its first answer

	cmd    *exec.Cmd
	output *output
	ended  chan struct{} // closed when the process has ended
}

// firstPath is what is asked for first. The dashboard answers it without its
// tables; the other functions answer any path, and only to POST do they work.
const firstPath = "/healthz"

// startTimeout is how long an instance may take to its first answer.
const startTimeout = 30 * time.Second

// Start starts a function of a program with its settings, and returns once it
// has answered. Of the environment of this process it has only the PATH.
func Start(ctx context.Context, program, function string, settings map[string]string) (_ *Instance, err error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	i := &Instance{URL: "http://" + address, output: &output{}, ended: make(chan struct{})}
	i.cmd = exec.Command(program)
	i.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "FUNCTION_TARGET=" + function, "PORT=" + port}
	for name, value := range settings {
		i.cmd.Env = append(i.cmd.Env, name+"="+value)
	}
	i.cmd.Stdout, i.cmd.Stderr = i.output, i.output
	begun := time.Now()
	if err := i.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start function %s: %w", function, err)
	}
	go func() {
		_ = i.cmd.Wait() // Close kills it; what else went wrong is in its output
		close(i.ended)
	}()
	if err := i.await(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start function %s: %w", function, err), i.Close())
	}
	i.FirstAnswer = time.Since(begun)
	return i, nil
}

// await asks until there is an answer, whatever it is.
func (i *Instance) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	transport := &http.Transport{DisableKeepAlives: true}
	client := &http.Client{Transport: transport}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.URL+firstPath, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err == nil {
			return resp.Body.Close()
		}
		select {
		case <-i.ended:
			return fmt.Errorf("it ended: %s", i.Output())
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w; it says: %s", err, i.Output())
		case <-time.After(500 * time.Microsecond):
		}
	}
}

// Output is what the process has written to its standard streams so far.
func (i *Instance) Output() []byte { return i.output.bytes() }

// Close ends the process at once, as the cloud may.
func (i *Instance) Close() error {
	if err := i.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-i.ended
	return nil
}

// freeAddress is one that nothing listens on at the moment. The framework can't
// choose one itself.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// output keeps what is written to it.
type output struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Write(p)
}

func (o *output) bytes() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.all.Bytes())
}
