package handed

import (
	"errors"
	"io"
	"net"
	"testing"
)

// A connection is accepted once it is given. After the end it is closed, and no other is accepted.
func TestListener(t *testing.T) {
	l := New(&net.TCPAddr{Port: 1})
	near, far := net.Pipe()
	go l.Give(near)
	if got, err := l.Accept(); err != nil || got != near {
		t.Errorf("accepted %v, %v, want what was given", got, err)
	}
	for range 2 {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after the end: %v, want %v", err, net.ErrClosed)
	}
	l.Give(near)
	if _, err := far.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the other end of a connection that was given after the end reads %v, want %v", err, io.EOF)
	}
}
