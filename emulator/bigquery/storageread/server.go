package storageread

import (
	"context"
	"log/slog"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	bqv2 "google.golang.org/api/bigquery/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/profile"
)

// Tables are what sessions are made of.
type Tables interface {
	Table(ctx context.Context, ref engine.TableRef) (*bqv2.Table, error)
	// Snapshot keeps rows of a table as they are at an instant.
	Snapshot(ctx context.Context, q engine.SnapshotQuery) (*engine.Snapshot, error)
}

// Results finds the rows of a query whose result has a table of its own; nil for another table.
type Results func(engine.TableRef) (*engine.Rows, error)

// A Server implements google.cloud.bigquery.storage.v1.BigQueryRead.
type Server struct {
	storagepb.UnimplementedBigQueryReadServer
	tables   Tables
	results  Results
	profile  *profile.Profile // nil for none
	log      *slog.Logger
	sessions *sessions
}

// New returns a Server over tables and the results of queries, whose calls take the times of a profile. A nil profile
// takes none, and a nil logger discards.
func New(tables Tables, results Results, p *profile.Profile, log *slog.Logger) *Server {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Server{tables: tables, results: results, profile: p, log: log, sessions: newSessions()}
}

// Register adds the service to a grpc.Server.
func (s *Server) Register(g *grpc.Server) { storagepb.RegisterBigQueryReadServer(g, s) }

// callerMetadata names who asks, as X-Emulator-Caller does in the REST API.
const callerMetadata = "x-emulator-caller"

// asCaller is the context of what a call asks for.
func asCaller(ctx context.Context) context.Context {
	if caller := metadata.ValueFromIncomingContext(ctx, callerMetadata); len(caller) > 0 {
		return engine.WithCaller(ctx, caller[0])
	}
	return ctx
}

// CreateReadSession keeps the rows of a table as they are now, and divides them into streams.
func (s *Server) CreateReadSession(ctx context.Context, req *storagepb.CreateReadSessionRequest) (*storagepb.ReadSession, error) {
	if err := s.profile.Wait(ctx, profile.BigQueryRequest); err != nil {
		return nil, status.FromContextError(err).Err()
	}
	ref, err := check(req)
	if err != nil {
		s.log.DebugContext(ctx, "read session refused", "error", err)
		return nil, err
	}
	n := &session{name: newSessionName(req.GetParent()), expires: time.Now().Add(sessionAge)}
	out, parts, err := s.open(asCaller(ctx), n, ref, req)
	if err != nil {
		s.log.DebugContext(ctx, "read session refused", "table", ref.String(), "error", err)
		return nil, err
	}
	s.sessions.add(n, parts)
	return out, nil
}

// check refuses requests that are wrong whatever the table is like.
func check(req *storagepb.CreateReadSessionRequest) (engine.TableRef, error) {
	in := req.GetReadSession()
	if !projectName.MatchString(req.GetParent()) {
		return engine.TableRef{}, failed(codes.InvalidArgument, "the parent %q is not of the form projects/{project_id}", req.GetParent())
	}
	ref, ok := catalog.ParseRef(in.GetTable())
	most, least := req.GetMaxStreamCount(), req.GetPreferredMinStreamCount()
	o := in.GetReadOptions()
	switch {
	case !ok:
		return ref, failed(codes.InvalidArgument, "the table %q is not of the form projects/{project_id}/datasets/{dataset_id}/tables/{table_id}", in.GetTable())
	case most < 0 || least < 0:
		return ref, failed(codes.InvalidArgument, "max_stream_count and preferred_min_stream_count must not be negative, but are %d and %d", most, least)
	case most > 0 && most < least:
		return ref, failed(codes.InvalidArgument, "max_stream_count %d must be greater than or equal to preferred_min_stream_count %d", most, least)
	case len(o.GetRowRestriction()) > maxRestriction:
		return ref, status.Errorf(codes.InvalidArgument, "read_session.read_options.row_restriction exceeded maximum allowed length. Maximum bytes allowed: %d", maxRestriction)
	case o != nil && o.SamplePercentage != nil:
		return ref, failed(codes.Unimplemented, "sample_percentage is not supported by the emulator")
	}
	if t := in.GetTableModifiers().GetSnapshotTime(); t != nil && t.AsTime().After(time.Now()) {
		return ref, failed(codes.InvalidArgument, "the snapshot time %s is in the future", t.AsTime().Format(time.RFC3339Nano))
	}
	return ref, nil
}

// ReadRows sends the rows of a stream from an offset on.
func (s *Server) ReadRows(req *storagepb.ReadRowsRequest, out storagepb.BigQueryRead_ReadRowsServer) error {
	ctx := out.Context()
	if req.GetArrowSerializationOptions() != nil {
		return streamFailed(codes.Unimplemented, req.GetReadStream(), "arrow_serialization_options of a ReadRows request are not supported by the emulator: set those of the session")
	}
	p, done, err := s.sessions.find(req.GetReadStream())
	if err != nil {
		return err
	}
	defer done()
	count := p.to - p.from
	switch offset := req.GetOffset(); {
	case offset < 0:
		return streamFailed(codes.InvalidArgument, p.name, "the offset %d is negative", offset)
	case offset > count:
		return status.Errorf(codes.FailedPrecondition, "offset %d has not been allocated yet", offset)
	}
	size := int64(firstRows)
	for at := p.from + req.GetOffset(); at < p.to; {
		end := min(at+size, p.to)
		answer, bytes, err := p.answer(ctx, at, end, at == p.from+req.GetOffset())
		if err != nil {
			return err
		}
		if err := out.Send(answer); err != nil {
			return err
		}
		size = max(1, min(messageBytes*(end-at)/max(bytes, 1), blockRows))
		at = end
	}
	return nil
}

// answer has the rows [at, end), and the bytes that they take.
func (p *stream) answer(ctx context.Context, at, end int64, first bool) (*storagepb.ReadRowsResponse, int64, error) {
	rows, err := p.session.rows.Read(ctx, at, end)
	if ctx.Err() != nil {
		return nil, 0, status.FromContextError(ctx.Err()).Err()
	}
	if err != nil {
		return nil, 0, streamFailed(codes.Unknown, p.name, "%v", err)
	}
	count := float64(p.to - p.from)
	answer := &storagepb.ReadRowsResponse{
		RowCount: int64(len(rows)),
		Stats: &storagepb.StreamStats{Progress: &storagepb.StreamStats_Progress{
			AtResponseStart: float64(at-p.from) / count, AtResponseEnd: float64(end-p.from) / count,
		}},
	}
	if err := p.session.format.encode(rows, answer, p.session.compress); err != nil {
		return nil, 0, streamFailed(codes.Unknown, p.name, "%v", err)
	}
	if first {
		p.session.format.describe(answer)
	}
	return answer, int64(len(answer.GetAvroRows().GetSerializedBinaryRows()) + len(answer.GetArrowRecordBatch().GetSerializedRecordBatch())), nil
}

// SplitReadStream makes two streams of one, which can still be read. A stream of a single block can't be split.
func (s *Server) SplitReadStream(ctx context.Context, req *storagepb.SplitReadStreamRequest) (*storagepb.SplitReadStreamResponse, error) {
	p, done, err := s.sessions.find(req.GetName())
	if err != nil {
		return nil, err
	}
	defer done()
	f := req.GetFraction()
	if !(f > 0 && f < 1) {
		return nil, streamFailed(codes.InvalidArgument, p.name, "the fraction %v is not between 0 and 1", f)
	}
	if err := s.profile.Wait(ctx, profile.BigQueryRequest); err != nil {
		return nil, status.FromContextError(err).Err()
	}
	blocks := (p.to - p.from + blockRows - 1) / blockRows
	if blocks < 2 {
		return &storagepb.SplitReadStreamResponse{}, nil
	}
	before := min(max(int64(f*float64(blocks)+0.5), 1), blocks-1)
	primary, remainder := s.sessions.split(p, p.from+before*blockRows)
	return &storagepb.SplitReadStreamResponse{PrimaryStream: primary.resource(), RemainderStream: remainder.resource()}, nil
}
