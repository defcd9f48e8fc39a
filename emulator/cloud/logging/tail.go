package logging

import (
	"slices"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	// How long entries wait for others that are earlier
	// (https://cloud.google.com/logging/docs/reference/v2/rpc/google.logging.v2#tailentriesrequest).
	defaultWindow, maxWindow = 2 * time.Second, time.Minute
	// maxAnswer bytes of entries in JSON are sent at once; clients take 4 MiB.
	maxAnswer = 1 << 20
)

// TailLogEntries sends entries that come, in the order of their times within each window,
// until the client ends it.
func (s *Service) TailLogEntries(stream loggingpb.LoggingServiceV2_TailLogEntriesServer) error {
	request, err := stream.Recv()
	if err != nil {
		return err
	}
	wanted, err := parse(request.ResourceNames, request.Filter)
	if err != nil {
		return err
	}
	window := defaultWindow
	if w := request.BufferWindow; w != nil {
		if window = w.AsDuration(); window < 0 || window > maxWindow {
			return status.Errorf(codes.InvalidArgument, "bufferWindow %v: want 0s to %v.", window, maxWindow)
		}
	}
	return s.tail(stream, wanted, window)
}

// tail sends what is wanted of what comes from now on.
func (s *Service) tail(stream loggingpb.LoggingServiceV2_TailLogEntriesServer, wanted func(entry) bool, window time.Duration) error {
	changed := changes(stream)
	last := s.Last()
	var waiting []entry
	var due <-chan time.Time
	for {
		found, number, more := s.since(last, wanted)
		last = number
		if waiting = append(waiting, found...); len(waiting) > 0 && due == nil {
			due = time.After(window)
		}
		select {
		case <-stream.Context().Done():
			return stream.Context().Err()
		case err := <-changed:
			return err
		case <-more:
		case <-due:
			slices.SortFunc(waiting, byTime)
			if err := send(stream, waiting); err != nil {
				return err
			}
			waiting, due = nil, nil
		}
	}
}

// changes tells of another request of a stream, which is refused.
func changes(stream loggingpb.LoggingServiceV2_TailLogEntriesServer) <-chan error {
	changed := make(chan error, 1)
	go func() { // ends with the stream
		if _, err := stream.Recv(); err == nil {
			changed <- status.Error(codes.Unimplemented, "The emulator doesn't change a tail: begin another one.")
		}
	}()
	return changed
}

// send sends entries in as many answers as they need.
func send(stream loggingpb.LoggingServiceV2_TailLogEntriesServer, entries []entry) error {
	for len(entries) > 0 {
		n, size := 0, 0
		for n < len(entries) && (n == 0 || size+entries[n].size <= maxAnswer) {
			size += entries[n].size
			n++
		}
		some, err := messages(entries[:n])
		if err != nil {
			return err
		}
		if err := stream.Send(&loggingpb.TailLogEntriesResponse{Entries: some}); err != nil {
			return err
		}
		entries = entries[n:]
	}
	return nil
}
