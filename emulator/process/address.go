package process

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
)

// Ports for child processes, which can't be started at any free port. They lie
// below those that a system gives to whoever asks for any (Linux: from 32768):
// between the look for a free port and the start of the process, no client's
// connection takes it.
const (
	firstPort = 20_000
	ports     = 10_000
)

// lastPort is the port that was given last, counted from firstPort. Processes that
// run at the same time begin at different ones.
var lastPort atomic.Uint32

func init() { lastPort.Store(uint32(os.Getpid() * 61 % ports)) }

// given are the reservations of the ports that were given last, the oldest at next. A child
// process listens on its port within seconds: some hundred others are given by then at most.
var given struct {
	mu   sync.Mutex
	last [256]io.Closer
	next int
}

// keep keeps a reservation until many others were made.
func keep(reservation io.Closer) {
	given.mu.Lock()
	defer given.mu.Unlock()
	if old := given.last[given.next]; old != nil {
		_ = old.Close() // of a socket that nobody has connected to
	}
	given.last[given.next] = reservation
	given.next = (given.next + 1) % len(given.last)
}

// FreeAddress is an address of this machine that nothing listens on, as
// host:port. It isn't given again until all others were, and no other process that
// looks for one gets it before a child had the time to listen on it.
func FreeAddress() (string, error) {
	var last error
	for range ports {
		port := firstPort + lastPort.Add(1)%ports
		address, err := free(port)
		if err == nil {
			return address, nil
		}
		last = err
	}
	return "", fmt.Errorf("no port from %d to %d is free: %w", firstPort, firstPort+ports-1, last)
}

// free is the address of a port if nothing listens on it, and nobody has it reserved.
func free(port uint32) (string, error) {
	reservation, err := reserve(port)
	if err != nil {
		return "", err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", errors.Join(err, reservation.Close())
	}
	keep(reservation)
	return address, l.Close()
}
