// Package buildpack starts functions of a program that emulator/cloud/build has built of
// the archive, as the cloud starts an instance: what a cold start takes is measured, and
// what the functions answer is tried.
package buildpack

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/emulator/process"
)

// Instance is a running function.
type Instance struct {
	URL         string
	FirstAnswer time.Duration // from the start of the process to its first answer

	process *process.Process
	output  *buffer.Buffer
}

// firstPath is what is asked for first. The dashboard answers it without its
// tables; the other functions answer any path, and only to POST do they work.
const firstPath = "/healthz"

// Start starts a function of a program with its settings, and returns once it
// has answered. Of the environment of this process it has only the PATH.
func Start(ctx context.Context, program, function string, settings map[string]string) (*Instance, error) {
	address, err := process.FreeAddress()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	env := []string{"PATH=" + os.Getenv("PATH"), "FUNCTION_TARGET=" + function, "PORT=" + port}
	for name, value := range settings {
		env = append(env, name+"="+value)
	}
	i := &Instance{URL: "http://" + address, output: &buffer.Buffer{}}
	begun := time.Now()
	i.process, err = process.Start(process.Options{Args: []string{program}, Env: env, Output: i.output})
	if err != nil {
		return nil, fmt.Errorf("start function %s: %w", function, err)
	}
	if err := i.process.AwaitAnswer(ctx, i.URL+firstPath); err != nil {
		i.Close()
		return nil, fmt.Errorf("start function %s: %w; it says: %s", function, err, i.output)
	}
	i.FirstAnswer = time.Since(begun)
	return i, nil
}

// Output is what the process has written to its standard streams so far.
func (i *Instance) Output() string { return i.output.String() }

// Close ends the process at once, as the cloud may.
func (i *Instance) Close() { i.process.Kill() }
