package torture

import (
	"net"
	"net/http"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// served is an HTTP server on a port of its own.
type served struct {
	url, address string
	close        func() // cuts off what is under way
}

func serve(h http.Handler) (*served, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go s.Serve(l) // ends with close
	return &served{
		url:     "http://" + l.Addr().String(),
		address: l.Addr().String(),
		close:   func() { _ = s.Close() },
	}, nil
}

// serveGRPC serves a proxy of a gRPC API.
func serveGRPC(register func(*grpc.Server)) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := grpc.NewServer(grpc.MaxRecvMsgSize(32 << 20))
	register(s)
	go s.Serve(l) // ends with stop
	return l.Addr().String(), s.Stop, nil
}

func dialGRPC(address string) (*grpc.ClientConn, error) {
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
