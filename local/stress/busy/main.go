// Command busy runs a command while every core computes something else, and ends
// with its status. Tests that pass under it don't depend on an idle machine.
//
//	go run ./local/stress/busy go test -count=1 ./functions/bridge
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "busy: name the command to run beside the load: busy go test ./...")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := exec.CommandContext(ctx, os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	status, err := beside(runtime.NumCPU(), cmd)
	if err != nil {
		fmt.Fprintln(os.Stderr, "busy:", err)
	}
	os.Exit(status)
}

// beside runs a command while threads compute, which end with it. It returns the
// command's status, or 1 if the command wasn't started.
func beside(threads int, cmd *exec.Cmd) (status int, err error) {
	// One thread more waits for the command's end.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads + 1))
	end := make(chan struct{})
	var spinning sync.WaitGroup
	for range threads {
		spinning.Go(func() { spin(end) })
	}
	err = cmd.Run()
	close(end)
	spinning.Wait()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode(), nil
	}
	return 1, fmt.Errorf("%s: %w", cmd.Path, err)
}

// spin computes until the end.
func spin(end <-chan struct{}) {
	x := uint64(1)
	for {
		select {
		case <-end:
			return
		default:
		}
		for range 1_000_000 {
			x = x*6364136223846793005 + 1442695040888963407
		}
		runtime.KeepAlive(x)
	}
}
