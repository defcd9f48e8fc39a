package faults

import (
	"context"
	"io"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Appender is a proxy of BigQuery's Storage Write API for ingest, with faults.
type Appender struct {
	In       *Injector
	Upstream storagepb.BigQueryWriteClient
	// Skew is added to the ingest time of every row, as an error of the clock of
	// ingest's machine would be. Nil adds nothing.
	Skew func() time.Duration

	storagepb.UnimplementedBigQueryWriteServer
}

// Register serves the Appender.
func (a *Appender) Register(s *grpc.Server) { storagepb.RegisterBigQueryWriteServer(s, a) }

// GetWriteStream passes a request on.
func (a *Appender) GetWriteStream(ctx context.Context, r *storagepb.GetWriteStreamRequest) (*storagepb.WriteStream, error) {
	fault := a.In.next(OpenStream)
	if err := a.In.before(OpenStream, fault); err != nil {
		return nil, err
	}
	if fault == Late {
		select {
		case <-ctx.Done():
		case <-time.After(a.In.Hold):
		}
	}
	answer, err := a.Upstream.GetWriteStream(passOn(ctx), r)
	if lost := a.In.after(OpenStream, fault); lost != nil {
		return nil, lost
	}
	return answer, err
}

// passOn is the context of a request to the real API. It has the metadata of the
// request that came, and isn't cancelled with it.
func passOn(ctx context.Context) context.Context {
	md, _ := metadata.FromIncomingContext(ctx)
	return metadata.NewOutgoingContext(context.WithoutCancel(ctx), md.Copy())
}

// AppendRows passes a stream on. The nth answer belongs to the nth request.
func (a *Appender) AppendRows(down storagepb.BigQueryWrite_AppendRowsServer) error {
	ctx, cancel := context.WithCancel(passOn(down.Context()))
	defer cancel()
	up, err := a.Upstream.AppendRows(ctx)
	if err != nil {
		return err
	}
	s := &appendStream{a: a, down: down, up: up, skew: newSkewer(a.Skew), verdicts: make(chan verdict, 1000)}
	ended := make(chan error, 2)
	go func() { ended <- s.requests() }()
	go func() { ended <- s.answers() }()
	return <-ended
}

type appendStream struct {
	a        *Appender
	down     storagepb.BigQueryWrite_AppendRowsServer
	up       storagepb.BigQueryWrite_AppendRowsClient
	skew     *skewer
	verdicts chan verdict // one for each answer that is expected
}

// requests passes requests on until the client has no more.
func (s *appendStream) requests() error {
	for {
		r, err := s.down.Recv()
		if err == io.EOF {
			return s.up.CloseSend()
		}
		if err != nil {
			return err
		}
		if err := s.skew.shift(r); err != nil {
			return status.Error(codes.InvalidArgument, err.Error())
		}
		if err := s.request(r); err != nil {
			return err
		}
	}
}

func (s *appendStream) request(r *storagepb.AppendRowsRequest) error {
	fault := s.a.In.next(Append)
	if err := s.a.In.before(Append, fault); err != nil {
		return err
	}
	v := pass
	switch fault {
	case AnswerLost:
		v = lose
	case KillAfter:
		v = fatal
	case Twice:
		s.verdicts <- swallow
		if err := s.up.Send(r); err != nil {
			return err
		}
	case Late:
		defer s.a.In.defers()()
		time.Sleep(s.a.In.Hold) // the delay is the fault
	}
	s.verdicts <- v
	return s.up.Send(r)
}

// answers passes answers on, in the order of the requests.
func (s *appendStream) answers() error {
	for {
		var v verdict
		select {
		case v = <-s.verdicts:
		case <-s.up.Context().Done():
			return s.up.Context().Err()
		}
		answer, err := s.up.Recv()
		if err != nil {
			return err
		}
		switch v {
		case swallow:
			continue
		case fatal:
			s.a.In.kill(Append)
			return status.Error(codes.Unavailable, "the sender was killed by a fault")
		case lose:
			return status.Error(codes.Unavailable, "the answer was lost by a fault")
		}
		if err := s.down.Send(answer); err != nil {
			return err
		}
	}
}
