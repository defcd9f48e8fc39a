//go:build cgo

package emulated

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/cloud"
	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/shared/config"
)

// A cloud says how it is reached for as long as it runs, and there is one of a directory.
func TestCloudUp(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	read, write := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		h := &cli.Host{Stdout: io.Discard, Console: console.Plain(write), Getenv: config.FromMap(nil)}
		status := cli.Main(ctx, h, program.Emulators, []string{"cloud", "up", "--free-ports", "--dir", dir})
		ended <- status
		_ = write.CloseWithError(fmt.Errorf("it ended with %d", status)) // never fails
	}()
	var said bytes.Buffer
	late := time.AfterFunc(run.Patience, func() { _ = write.CloseWithError(fmt.Errorf("it isn't ready after %v", run.Patience)) })
	defer late.Stop()
	for b := make([]byte, 4096); !strings.Contains(said.String(), "Ready after"); {
		n, err := read.Read(b)
		said.Write(b[:n])
		if err != nil {
			t.Fatalf("%v, and said %s", err, &said)
		}
	}
	go io.Copy(io.Discard, read) //nolint:errcheck // ends with the pipe
	env := func(args ...string) (int, string, string) {
		return program.Run(t, nil, append([]string{"cloud", "env", "--dir", dir}, args...)...)
	}
	for flag, want := range map[string]string{"--endpoints=false": "export HTTPS_PROXY='http://127.0.0.1:", "--endpoints": "export GOOGLE_PUBSUB_CUSTOM_ENDPOINT='http://127.0.0.1:"} {
		status, stdout, stderr := env(flag)
		for _, want := range []string{want, "export GOOGLE_CLOUD_PROJECT='tallystream-local'", "export KAFKA_BROKERS='127.0.0.1:"} {
			if status != cli.ExitOK || !strings.Contains(stdout, want) {
				t.Errorf("cloud env %s: status %d, output without %s:\n%s%s", flag, status, want, stdout, stderr)
			}
		}
	}
	if status, _, stderr := program.Run(t, nil, "cloud", "up", "--free-ports", "--dir", dir); status != cli.ExitFailed || !strings.Contains(stderr, "a local cloud runs already") {
		t.Errorf("a second one of the directory: status %d, %s", status, stderr)
	}
	a, err := cloud.LoadAccess(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{a.Addr, a.Kafka} {
		status, _, stderr := program.Run(t, nil, "cloud", "up", "--free-ports", "--dir", t.TempDir(), "--address", address)
		if status != cli.ExitFailed || !strings.Contains(stderr, address+" is already in use") || !strings.Contains(stderr, "--free-ports") {
			t.Errorf("at %s, which is taken: status %d, %s", address, status, stderr)
		}
	}
	stop()
	if status := <-ended; status != cli.ExitOK {
		t.Errorf("it ended with %d", status)
	}
	if status, _, stderr := env(); status != cli.ExitFailed || !strings.Contains(stderr, "no local cloud was started") {
		t.Errorf("cloud env afterwards: status %d, %s", status, stderr)
	}
}
