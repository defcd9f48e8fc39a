package apachekafka

import (
	"io"
	"net"
	"strconv"
	"testing"
	"time"
)

// far listens for connections to a port of this machine, and delays every packet in
// both directions. It returns its own port.
func far(t testing.TB, port int, delay time.Duration) int {
	t.Helper()
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			away, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
			if err != nil {
				_ = near.Close()
				continue
			}
			go carry(away, near, delay)
			go carry(near, away, delay)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// packet is what one read returned, and when it arrives.
type packet struct {
	data []byte
	at   time.Time
}

// carry copies one direction of a connection, in order, and delays each packet.
func carry(to io.WriteCloser, from io.Reader, delay time.Duration) {
	line := make(chan packet, 10_000)
	go func() {
		defer close(line)
		for {
			data := make([]byte, 64<<10)
			n, err := from.Read(data)
			if n > 0 {
				line <- packet{data[:n], time.Now().Add(delay)}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range line {
		time.Sleep(time.Until(p.at))
		if _, err := to.Write(p.data); err != nil {
			break
		}
	}
	_ = to.Close()
	for range line { // what can't arrive any more
	}
}
