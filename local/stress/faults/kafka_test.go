package faults

import (
	"net"
	"testing"
	"time"
)

// A broker that goes takes its connections with it.
func TestListenerClosesItsConnections(t *testing.T) {
	l, err := (&Injector{}).Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan error, 1)
	go func() {
		_, err := l.Accept()
		accepted <- err
	}()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := <-accepted; err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(ample)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection gives a byte, want its end")
	} else if nerr, ok := err.(net.Error); ok && nerr.Timeout() {
		t.Error("the connection is open after its broker has gone")
	}
}
