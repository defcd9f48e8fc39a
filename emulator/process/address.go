package process

import (
	"fmt"
	"net"
	"os"
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

// FreeAddress is an address of this machine that nothing listens on, as
// host:port. It isn't given again until all others were.
func FreeAddress() (string, error) {
	var last error
	for range ports {
		address := fmt.Sprintf("127.0.0.1:%d", firstPort+lastPort.Add(1)%ports)
		l, err := net.Listen("tcp", address)
		if err == nil {
			return address, l.Close()
		}
		last = err
	}
	return "", fmt.Errorf("no port from %d to %d is free: %w", firstPort, firstPort+ports-1, last)
}
