package storagewrite

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/profile"
)

// A Server implements google.cloud.bigquery.storage.v1.BigQueryWrite.
type Server struct {
	storagepb.UnimplementedBigQueryWriteServer
	engine  engine.API
	profile *profile.Profile // nil for none
	log     *slog.Logger
	held    atomic.Int64

	mu      sync.Mutex
	streams map[string]*stream
}

// New returns a Server over an engine, whose appends take the times of a profile. A nil
// profile takes none, and a nil logger discards.
func New(e engine.API, p *profile.Profile, log *slog.Logger) *Server {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Server{engine: e, profile: p, log: log, streams: map[string]*stream{}}
}

// Options are what a grpc.Server needs to carry this service well: its message
// limit, windows that hold a whole request, and a Stop that lets appends finish.
func Options() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(2 * maxRequest), // larger ones are refused by name, up to here
		grpc.InitialWindowSize(maxRequest),
		grpc.InitialConnWindowSize(2 * maxRequest),
		grpc.WaitForHandlers(true),
		// Clients keep idle connections alive with pings.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
	}
}

// Register adds the service to a grpc.Server.
func (s *Server) Register(g *grpc.Server) { storagepb.RegisterBigQueryWriteServer(g, s) }

// CreateWriteStream makes a stream of type COMMITTED, BUFFERED or PENDING.
func (s *Server) CreateWriteStream(ctx context.Context, req *storagepb.CreateWriteStreamRequest) (*storagepb.WriteStream, error) {
	ref, ok := catalog.ParseRef(req.GetParent())
	if !ok {
		return nil, fail(codes.InvalidArgument, req.GetParent(), "Invalid table name.").Err()
	}
	kind := req.GetWriteStream().GetType()
	switch kind {
	case storagepb.WriteStream_COMMITTED, storagepb.WriteStream_BUFFERED, storagepb.WriteStream_PENDING:
	default:
		return nil, fail(codes.InvalidArgument, req.GetParent(), "Invalid write stream type %s.", kind).Err()
	}
	t, err := s.engine.Table(ctx, ref)
	if err != nil {
		return nil, asStatus(err, req.GetParent()).Err()
	}
	now := time.Now()
	st := &stream{name: req.GetParent() + "/streams/" + newStreamID(), table: ref, kind: kind, created: now, used: now}
	if err := s.add(st); err != nil {
		return nil, err.Err()
	}
	out := st.resource()
	out.TableSchema = storageSchema(t.Schema)
	return out, nil
}

func (s *Server) add(st *stream) *status.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.streams) >= maxStreams {
		s.forgetIdle()
	}
	if len(s.streams) >= maxStreams {
		return fail(codes.ResourceExhausted, st.name, "The emulator has %d streams already.", len(s.streams))
	}
	s.streams[st.name] = st
	return nil
}

// forgetIdle drops the streams that BigQuery would have dropped, and those that
// can take no more rows.
func (s *Server) forgetIdle() {
	for name, st := range s.streams {
		if !st.mu.TryLock() {
			continue // in use
		}
		over := time.Since(st.used) > streamIdle || !st.committed.IsZero() || st.finalized && len(st.held) == 0
		if over {
			s.release(join(st.held).bytes)
			st.held = nil
			delete(s.streams, name)
		}
		st.mu.Unlock()
	}
}

// find returns a created stream.
func (s *Server) find(name string) (*stream, *status.Status) {
	_, id, ok := parseStream(name)
	if !ok {
		return nil, fail(codes.InvalidArgument, name, "Invalid stream name.")
	}
	s.mu.Lock()
	st := s.streams[name]
	s.mu.Unlock()
	switch {
	case st != nil:
		return st, nil
	case id == defaultStream:
		return nil, storageFail(codes.InvalidArgument, storagepb.StorageError_INVALID_STREAM_TYPE, name, "The default stream does not support this method.")
	case wellFormed(id):
		return nil, storageFail(codes.NotFound, storagepb.StorageError_STREAM_NOT_FOUND, name, "Requested entity was not found.")
	}
	return nil, fail(codes.InvalidArgument, name, "Invalid stream name.")
}

// GetWriteStream describes a stream; the default stream of a table always exists.
func (s *Server) GetWriteStream(ctx context.Context, req *storagepb.GetWriteStreamRequest) (*storagepb.WriteStream, error) {
	name := req.GetName()
	ref, id, ok := parseStream(name)
	if !ok {
		return nil, fail(codes.InvalidArgument, name, "Invalid stream name.").Err()
	}
	out := &storagepb.WriteStream{Name: name, Type: storagepb.WriteStream_COMMITTED}
	if id != defaultStream {
		st, failure := s.find(name)
		if failure != nil {
			return nil, failure.Err()
		}
		st.mu.Lock()
		out = st.resource()
		st.mu.Unlock()
	}
	t, err := s.engine.Table(ctx, ref)
	if err != nil {
		return nil, asStatus(err, name).Err()
	}
	if id == defaultStream {
		out.CreateTime = timestamppb.New(time.UnixMilli(t.CreationTime))
	}
	out.Location = "us"
	if req.GetView() == storagepb.WriteStreamView_FULL {
		out.TableSchema = storageSchema(t.Schema)
	}
	return out, nil
}

// FinalizeWriteStream ends a stream: it takes no more rows.
func (s *Server) FinalizeWriteStream(_ context.Context, req *storagepb.FinalizeWriteStreamRequest) (*storagepb.FinalizeWriteStreamResponse, error) {
	st, failure := s.find(req.GetName())
	if failure != nil {
		return nil, failure.Err()
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.finalized = true
	return &storagepb.FinalizeWriteStreamResponse{RowCount: st.next}, nil
}

// FlushRows makes rows of a BUFFERED stream visible.
func (s *Server) FlushRows(ctx context.Context, req *storagepb.FlushRowsRequest) (*storagepb.FlushRowsResponse, error) {
	st, failure := s.find(req.GetWriteStream())
	if failure != nil {
		return nil, failure.Err()
	}
	// Without an offset, all rows are meant.
	st.mu.Lock()
	offset := st.next - 1
	st.mu.Unlock()
	if req.GetOffset() != nil {
		offset = req.GetOffset().GetValue()
	}
	if failure := st.flush(ctx, s, offset); failure != nil {
		return nil, failure.Err()
	}
	return &storagepb.FlushRowsResponse{Offset: offset}, nil
}

// hold keeps rows of a stream until they are committed or flushed.
func (s *Server) hold(st *stream, b batch) *status.Status {
	if s.held.Add(b.bytes) > maxHeld {
		s.release(b.bytes)
		return fail(codes.ResourceExhausted, st.name, "Streams that are not committed hold more than %d bytes: commit or flush first.", maxHeld)
	}
	st.held = append(st.held, b)
	return nil
}

func (s *Server) release(n int64) { s.held.Add(-n) }
