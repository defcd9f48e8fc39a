package torture

import (
	"net"
	"net/http"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Served is an HTTP server on a port of its own.
type Served struct {
	URL, Address string
	Close        func() // cuts off what is under way
}

// Serve serves a handler.
func Serve(h http.Handler) (*Served, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go s.Serve(l) // ends with close
	return &Served{
		URL:     "http://" + l.Addr().String(),
		Address: l.Addr().String(),
		Close:   func() { _ = s.Close() },
	}, nil
}

// ServeGRPC serves a proxy of a gRPC API.
func ServeGRPC(register func(*grpc.Server)) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := grpc.NewServer(grpc.MaxRecvMsgSize(32 << 20))
	register(s)
	go s.Serve(l) // ends with stop
	return l.Addr().String(), s.Stop, nil
}

// DialGRPC connects to a gRPC API on this machine.
func DialGRPC(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

// newClient returns an HTTP client that shares no connection with another
// trial's.
func newClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil // everything is on this machine
	t.MaxIdleConnsPerHost = 16
	return &http.Client{Transport: t}
}
