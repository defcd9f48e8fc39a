//go:build cgo

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// subject is an emulator to measure: a command, or one that runs at an address.
type subject struct {
	name    string
	command []string
	address string // host:port

	process *exec.Cmd
	output  bytes.Buffer // what the command said
}

// start starts the command with free ports, and returns once ready does without an error.
func (s *subject) start(ctx context.Context, placeholder string, ready func(ctx context.Context) error) (time.Duration, error) {
	if len(s.command) == 0 {
		return 0, ready(ctx)
	}
	args, addresses := make([]string, len(s.command)), map[string]string{}
	for i, arg := range s.command {
		for _, name := range []string{"rest", "grpc", "pubsub"} {
			if !strings.Contains(arg, "{"+name) {
				continue
			}
			if addresses[name] == "" {
				addr, err := freeAddress()
				if err != nil {
					return 0, err
				}
				addresses[name] = addr
			}
			_, port, _ := net.SplitHostPort(addresses[name])
			arg = strings.NewReplacer("{"+name+"}", addresses[name], "{"+name+"-port}", port).Replace(arg)
		}
		args[i] = arg
	}
	if s.address = addresses[placeholder]; s.address == "" {
		return 0, fmt.Errorf("the command of %s names neither {%s} nor {%s-port}", s.name, placeholder, placeholder)
	}
	s.process = exec.Command(args[0], args[1:]...)
	s.process.Stdout, s.process.Stderr = &s.output, &s.output
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its children end and count with it
	begun := time.Now()
	if err := s.process.Start(); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	ended := make(chan struct{})
	go func() { _ = s.process.Wait(); close(ended) }()
	for err := ready(ctx); err != nil; err = ready(ctx) {
		select {
		case <-ended:
			return 0, fmt.Errorf("%s ended: %s", s.name, &s.output)
		case <-ctx.Done():
			return 0, fmt.Errorf("%s doesn't get ready: %w", s.name, err)
		case <-time.After(2 * time.Millisecond):
		}
	}
	return time.Since(begun), nil
}

// stop ends what start has started, with its children.
func (s *subject) stop() {
	if s.process == nil {
		return
	}
	_ = syscall.Kill(-s.process.Process.Pid, syscall.SIGTERM) // it may have ended
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && s.resident() > 0; {
		time.Sleep(20 * time.Millisecond)
	}
	_ = syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL)
	s.process = nil
}

// freeAddress is an address of the loopback interface that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// resident is the memory of the command and its children in bytes, 0 for none.
func (s *subject) resident() int64 {
	return s.sum("rss", func(kib string) int64 {
		n, _ := strconv.ParseInt(kib, 10, 64) // ps writes numbers
		return n << 10
	})
}

// anonymous is what of that memory isn't a program or another file, which the system keeps once for all and may drop; 0 where there
// is no /proc.
func (s *subject) anonymous() int64 {
	return s.sum("pid", func(pid string) int64 {
		status, err := os.ReadFile("/proc/" + pid + "/status")
		if err != nil {
			return 0
		}
		_, after, _ := strings.Cut(string(status), "RssAnon:")
		var kib int64
		_, _ = fmt.Sscan(after, &kib) // 0 where the kernel doesn't say it
		return kib << 10
	})
}

// sum adds up what a column of ps makes for the command and its children.
func (s *subject) sum(column string, bytes func(value string) int64) (sum int64) {
	if s.process == nil {
		return 0
	}
	out, err := exec.Command("ps", "-A", "-o", "pgid=,"+column+"=").Output()
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == strconv.Itoa(s.process.Process.Pid) {
			sum += bytes(f[1])
		}
	}
	return sum
}

// machine says what the figures were measured on.
func machine() string {
	load := "unknown"
	if out, err := exec.Command("uptime").Output(); err == nil {
		if _, after, ok := strings.Cut(string(out), "load average"); ok {
			load = strings.Trim(after, "s: \n")
		}
	}
	name, err := os.ReadFile("/proc/cpuinfo")
	cpu := ""
	if err == nil {
		if _, after, ok := strings.Cut(string(name), "model name"); ok {
			cpu, _, _ = strings.Cut(strings.TrimLeft(after, "\t :"), "\n")
		}
	}
	return fmt.Sprintf("%d CPUs (%s), %s/%s, %s; load at the end (1, 5, 15 minutes): %s", runtime.NumCPU(), cpu, runtime.GOOS, runtime.GOARCH, runtime.Version(), load)
}

// peak follows the memory until stop is called, which returns the highest.
func (s *subject) peak() (stop func() int64) {
	ctx, cancel := context.WithCancel(context.Background())
	highest := make(chan int64)
	go func() {
		var most int64
		for !errors.Is(ctx.Err(), context.Canceled) {
			most = max(most, s.resident())
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
		highest <- most
	}()
	return func() int64 { cancel(); return <-highest }
}
