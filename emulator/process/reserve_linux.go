package process

import (
	"fmt"
	"io"
	"net"
)

// reserve keeps a port from all other processes that call FreeAddress, until it is closed. An
// abstract socket belongs to a network as ports do, and ends with its process (unix(7)).
func reserve(port uint32) (io.Closer, error) {
	return net.Listen("unix", fmt.Sprintf("@tallystream-port-%d", port))
}
