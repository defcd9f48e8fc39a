// Package process starts programs as child processes and ends them for certain.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// Options say what to start.
type Options struct {
	Args   []string  // the program and its arguments
	Env    []string  // all of its environment, as NAME=value; nil is that of this process
	Output io.Writer // of both standard streams
	// Pausable says that the process may be paused. It can't notice then that this one
	// has ended, so the system kills it, where it can (Linux).
	Pausable bool
	// Prepare, unless it is nil, may change the command before it is started.
	Prepare func(*exec.Cmd)
}

// outputPatience is how long the output of a process that has ended is waited for: a process
// that it has started itself may hold it open.
const outputPatience = 10 * time.Second

// Process is a child process that was started. Its standard input is a pipe that
// nothing is written to, and that ends when this process does, however it dies:
// a program that serves until its standard input ends, ends with it. A signal to the
// group of this process, such as a terminal's Ctrl-C, doesn't reach it.
type Process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	ended chan struct{}
	err   error // of its end; set before ended is closed
}

// Start starts a process.
func Start(o Options) (*Process, error) {
	cmd := exec.Command(o.Args[0], o.Args[1:]...)
	cmd.Env = o.Env
	cmd.Stdout, cmd.Stderr = o.Output, o.Output
	cmd.WaitDelay = outputPatience
	apart(cmd)
	if o.Pausable {
		dieWithParent(cmd)
	}
	if o.Prepare != nil {
		o.Prepare(cmd)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, stdin: stdin, ended: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// ID is the process id.
func (p *Process) ID() int { return p.cmd.Process.Pid }

// Ended is closed once the process has ended and its output is complete, or is waited for no
// longer.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// End says how the process ended, once it has.
func (p *Process) End() string {
	<-p.ended
	if p.err == nil {
		return "exit status 0"
	}
	return p.err.Error()
}

// Signal sends a signal to the process. It fails where the process has ended.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Kill ends the process at once and returns when it has ended.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
	_ = p.stdin.Close()
}

// Stop closes the standard input of the process, waits for its end, and kills it
// after so long.
func (p *Process) Stop(patience time.Duration) {
	_ = p.stdin.Close()
	p.Resume() // a paused process wouldn't notice
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.Kill()
	}
}

// startTimeout is how long a process may take to its first answer, where the context
// has no deadline.
const startTimeout = time.Minute

// AwaitAnswer waits until the process answers GET of a URL, whatever it answers.
// It fails when the process ends before.
func (p *Process) AwaitAnswer(ctx context.Context, url string) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return p.await(ctx, url+" doesn't answer", func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
}

// AwaitConnection waits until the process takes connections at an address, without a
// request that it would log. It fails when the process ends before.
func (p *Process) AwaitConnection(ctx context.Context, address string) error {
	return p.await(ctx, "nothing listens at "+address, func(ctx context.Context) error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

// await tries something until it succeeds.
func (p *Process) await(ctx context.Context, failure string, try func(context.Context) error) error {
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, startTimeout)
		defer cancel()
	}
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return errors.New("the process ended before it answered")
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", failure, err)
		case <-time.After(time.Millisecond):
		}
	}
}
