// Package loopback checks the addresses that emulators listen on. They have no
// authentication and so listen on 127.0.0.1 only, but where somebody says otherwise.
package loopback

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// Address returns the host:port to listen on. The host must be 127.0.0.1, localhost or
// empty. An empty addr is a free port, and so is port 0.
func Address(addr string) (string, error) {
	if addr == "" {
		return "127.0.0.1:0", nil
	}
	host, port, err := net.SplitHostPort(addr)
	switch {
	case err != nil:
		return "", fmt.Errorf("address %q: want host:port, like 127.0.0.1:8085", addr)
	case host != "" && host != "localhost" && host != "127.0.0.1":
		return "", fmt.Errorf("address %q: the emulator listens on 127.0.0.1 only", addr)
	}
	return net.JoinHostPort("127.0.0.1", port), nil
}

// Anywhere returns the host:port to listen on, of any host; an empty addr is a free port of 127.0.0.1.
func Anywhere(addr string) (string, error) {
	if addr == "" {
		return Address("")
	}
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return "", fmt.Errorf("address %q: want host:port, like 0.0.0.0:8085", addr)
	}
	return addr, nil
}

// InUseError says that another program listens on an address.
type InUseError struct{ Service, Addr string }

func (e *InUseError) Error() string {
	return fmt.Sprintf("%s: address %s is already in use; stop the other program or choose another port", e.Service, e.Addr)
}

func (e *InUseError) Unwrap() error { return syscall.EADDRINUSE }

// ListenError returns the InUseError of a service that can't listen on addr because of
// err, and nil if err has another cause.
func ListenError(service, addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return &InUseError{service, addr}
	}
	return nil
}
