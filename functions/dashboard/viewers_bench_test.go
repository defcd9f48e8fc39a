package dashboard

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/function"
)

// manyViewers is how many viewers BenchmarkViewers has.
const manyViewers = 10_000

// BenchmarkViewers has 10,000 viewers follow the stream of one dashboard. Each second ten
// seconds of a country are counted. An iteration is a second: run it with -benchtime 20x.
// The dashboard is a process of its own, which simulates the country too. The figures are
// those of this process, and its most memory while there is one viewer (MB-alone). The
// viewers are in the process of the benchmark.
func BenchmarkViewers(b *testing.B) {
	if os.Getenv(servesViewers) != "" {
		serveViewers(b)
		return
	}
	server := startViewed(b, "")
	var received atomic.Int64
	var alone int64
	conns := make([]net.Conn, 0, manyViewers)
	var readers sync.WaitGroup
	defer readers.Wait()
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	for range manyViewers {
		if len(conns) == 1 {
			time.Sleep(5 * time.Second) // until the most memory that this takes has been taken
			alone = server.memory(b)
		}
		c, err := net.Dial("tcp", server.address)
		if err != nil {
			b.Fatalf("viewer %d: %v", len(conns), err)
		}
		conns = append(conns, c)
		lines := bufio.NewReaderSize(c, 512)
		if err := askForStream(c, lines); err != nil {
			b.Fatalf("viewer %d: %v", len(conns), err)
		}
		readers.Go(func() {
			for {
				n, err := io.CopyN(io.Discard, lines, 512)
				received.Add(n)
				if err != nil {
					return
				}
			}
		})
	}
	time.Sleep(3 * time.Second) // until the first documents are out
	cpu, bytes, begun := server.used(b), received.Load(), time.Now()
	for b.Loop() {
		time.Sleep(time.Second) // what is measured takes time
	}
	seconds := time.Since(begun).Seconds()
	b.ReportMetric((server.used(b)-cpu).Seconds()/seconds, "cores")
	b.ReportMetric(float64(received.Load()-bytes)/manyViewers/seconds, "B/viewer/s")
	b.ReportMetric(float64(server.end(b))/(1<<20), "MB")
	b.ReportMetric(float64(alone)/(1<<20), "MB-alone")
}

// askForStream asks for a stream and reads the head of the answer.
func askForStream(c net.Conn, answer *bufio.Reader) error {
	if _, err := fmt.Fprintf(c, "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n"); err != nil {
		return err
	}
	for first := true; ; first = false {
		line, err := answer.ReadString('\n')
		switch {
		case err != nil:
			return err
		case first && !strings.Contains(line, " 200 "):
			return errors.New(strings.TrimSpace(line))
		case line == "\r\n":
			return nil
		}
	}
}

// servesViewers is set in the environment of the process that is measured.
const servesViewers = "SERVES_VIEWERS"

// viewed is the process that is measured.
type viewed struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	address string
}

// startViewed starts the process, with a setting of its environment.
func startViewed(b *testing.B, setting string) *viewed {
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Minute) // a benchmark takes a minute or two
	b.Cleanup(cancel)
	v := &viewed{cmd: exec.CommandContext(ctx, os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkViewers$", "-test.benchtime=1x")}
	v.cmd.Env = append(os.Environ(), servesViewers+"=yes", setting)
	v.cmd.Stderr = os.Stderr
	in, err := v.cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	v.in, v.out = in, bufio.NewScanner(out)
	v.address = v.says(b, "address ")
	return v
}

// says is what the process says after a word.
func (v *viewed) says(b *testing.B, word string) string {
	for v.out.Scan() {
		if text, ok := strings.CutPrefix(v.out.Text(), word); ok {
			return text
		}
	}
	b.Fatalf("the dashboard ended before it said its %s: %v", word, v.out.Err())
	return ""
}

// used is the processor time that the process has used.
func (v *viewed) used(b *testing.B) time.Duration {
	if _, err := io.WriteString(v.in, "\n"); err != nil {
		b.Fatal(err)
	}
	d, err := time.ParseDuration(v.says(b, "used "))
	if err != nil {
		b.Fatal(err)
	}
	return d
}

// memory is the most that the process has had, in bytes.
func (v *viewed) memory(b *testing.B) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		b.Fatalf("VmHWM of %d: %v", v.cmd.Process.Pid, err)
	}
	return kilobytes << 10
}

// end ends the process. It returns the most memory that was resident, in bytes.
func (v *viewed) end(b *testing.B) int64 {
	_ = v.in.Close()
	for v.out.Scan() {
	}
	if err := v.cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	return v.cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}

// serveViewers is the process that is measured: the function, as the framework serves it. A
// line of its input asks for the processor time that it has used; it ends with its input.
func serveViewers(b *testing.B) {
	c := testConfig(b)
	c.Election, c.Streams = sample.CountryElection(b), manyViewers
	start := time.Now()
	store := &sample.Store{Next: func(context.Context) (*snapshot.Snapshot, error) {
		seconds := time.Since(start).Truncate(time.Second)
		return sample.Country(c.Election, c.Election.Opens.Add(10*time.Hour+10*seconds)), nil
	}}
	function.Register("viewed", func(func(string) string) (Config, error) { return c, nil },
		func(context.Context, Config) (*Handler, error) { return newHandlerWith(b, c, store), nil })
	b.Setenv("FUNCTION_TARGET", "viewed")
	listener, err := net.Listen("tcp", "127.0.0.1:0") // for a port that is free
	if err != nil {
		b.Fatal(err)
	}
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err = errors.Join(err, listener.Close()); err != nil {
		b.Fatal(err)
	}
	go func() {
		fmt.Fprintln(os.Stderr, funcframework.StartHostPort(host, port)) // returns only after an error
		os.Exit(1)
	}()
	for err = errors.New("not asked"); err != nil; {
		var c net.Conn
		if c, err = net.Dial("tcp", net.JoinHostPort(host, port)); err == nil {
			_ = c.Close()
		}
	}
	fmt.Printf("\naddress %s\n", net.JoinHostPort(host, port))
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		fmt.Printf("\nused %v\n", time.Duration(u.Utime.Nano()+u.Stime.Nano()))
	}
}
