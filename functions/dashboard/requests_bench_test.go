package dashboard

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkRequests asks a dashboard on one core for the results of a country, on connections
// that stay open. An iteration is a second: run it with -benchtime 10x. It reports answers a
// second, and how many there are for a second of the dashboard's processor time, which other
// work on the machine doesn't change.
func BenchmarkRequests(b *testing.B) {
	for _, kind := range []string{"br", "gzip", "304"} {
		b.Run(kind, func(b *testing.B) {
			server := startViewed(b, "GOMAXPROCS=1")
			ask := "GET /api/v1/results HTTP/1.1\r\nHost: " + server.address + "\r\n"
			coding := kind
			if kind == "304" {
				coding = "br"
			}
			ask += "Accept-Encoding: " + coding + "\r\n"
			conns := make([]net.Conn, 32)
			var answers atomic.Int64
			var askers sync.WaitGroup
			for i := range conns {
				c, err := net.Dial("tcp", server.address)
				if err != nil {
					b.Fatal(err)
				}
				conns[i] = c
				askers.Go(func() { askAgain(c, ask, kind == "304", &answers) })
			}
			time.Sleep(time.Second)
			cpu, n, begun := server.used(b), answers.Load(), time.Now()
			for b.Loop() {
				time.Sleep(time.Second) // what is measured takes time
			}
			got := float64(answers.Load() - n)
			b.ReportMetric(got/time.Since(begun).Seconds(), "req/s")
			b.ReportMetric(got/(server.used(b)-cpu).Seconds(), "req/cpu-s")
			for _, c := range conns {
				_ = c.Close()
			}
			askers.Wait()
			server.end(b)
		})
	}
}

// askAgain asks until the connection is closed, and counts the answers; with the tag of the
// last one, if that is wanted.
func askAgain(c net.Conn, ask string, tagged bool, answers *atomic.Int64) {
	r := bufio.NewReaderSize(c, 64<<10)
	lines := textproto.NewReader(r)
	plain := []byte(ask + "\r\n")
	request := plain
	for {
		if _, err := c.Write(request); err != nil {
			return
		}
		status, err := lines.ReadLine()
		if err != nil {
			return
		}
		length := 0
		for {
			line, err := lines.ReadLineBytes()
			if err != nil {
				return
			}
			if len(line) == 0 {
				break
			}
			name, value, _ := strings.Cut(string(line), ": ")
			switch {
			case name == "Content-Length":
				length, _ = strconv.Atoi(value)
			case name == "Etag" && tagged:
				request = fmt.Appendf(request[:0:0], "%sIf-None-Match: %s\r\n\r\n", ask, value)
			}
		}
		if strings.HasPrefix(status, "HTTP/1.1 200 ") && length == 0 {
			return
		}
		if _, err := io.CopyN(io.Discard, r, int64(length)); err != nil {
			return
		}
		answers.Add(1)
	}
}
