package proxy

import (
	"io"
	"net"
)

// tunneled is a connection some of whose bytes may have been read already.
type tunneled struct {
	net.Conn
	from io.Reader
}

func (c *tunneled) Read(b []byte) (int, error) { return c.from.Read(b) }
