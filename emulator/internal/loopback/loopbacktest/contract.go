// Package loopbacktest holds what the address of every emulator must do.
package loopbacktest

import (
	"net"
	"strings"
	"testing"
)

// Addresses checks that start, which starts an emulator on an address and stops it again,
// refuses the addresses that it can't listen on with a sentence that says why.
func Addresses(t *testing.T, start func(addr string) error) {
	t.Helper()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().String()
	for _, test := range []struct {
		addr string
		want []string
	}{
		{port, []string{port, "already in use"}},
		{"0.0.0.0:0", []string{"127.0.0.1 only"}},
		{"127.0.0.1", []string{"host:port"}},
	} {
		Says(t, start(test.addr), test.want...)
	}
	for _, addr := range []string{"", ":0", "localhost:0", "127.0.0.1:0"} {
		if err := start(addr); err != nil {
			t.Errorf("on %q: %v", addr, err)
		}
	}
}

// Says checks that there is an error, and that it says all that the user must read.
func Says(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one that says %q", want)
		return
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q doesn't say %q", err, w)
		}
	}
}
