package storagewrite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

// BatchCommitWriteStreams makes the rows of finalized PENDING streams of one
// table visible, in one transaction: all or none.
func (s *Server) BatchCommitWriteStreams(ctx context.Context, req *storagepb.BatchCommitWriteStreamsRequest) (*storagepb.BatchCommitWriteStreamsResponse, error) {
	ref, ok := catalog.ParseRef(req.GetParent())
	if !ok {
		return nil, fail(codes.InvalidArgument, req.GetParent(), "Invalid table name.").Err()
	}
	if len(req.GetWriteStreams()) == 0 {
		return nil, fail(codes.InvalidArgument, req.GetParent(), "No write streams were given.").Err()
	}
	var streams []*stream
	var faults []*storagepb.StorageError
	names := slices.Clone(req.GetWriteStreams())
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		st, failure := s.find(name)
		switch {
		case failure != nil:
			faults = append(faults, &storagepb.StorageError{
				Code: storagepb.StorageError_STREAM_NOT_FOUND, Entity: name, ErrorMessage: failure.Message(),
			})
		case st.table != ref:
			return nil, fail(codes.InvalidArgument, name, "The stream is not of table %s.", req.GetParent()).Err()
		default:
			streams = append(streams, st)
		}
	}
	// Locked in the order of their names, so that two commits of the same
	// streams don't wait for each other.
	for _, st := range streams {
		st.mu.Lock()
		defer st.mu.Unlock()
		if fault := st.uncommittable(); fault != nil {
			faults = append(faults, fault)
		}
	}
	if len(faults) > 0 {
		return &storagepb.BatchCommitWriteStreamsResponse{StreamErrors: faults}, nil
	}
	if err := s.commit(ctx, ref, streams); err != nil {
		return nil, asStatus(err, req.GetParent()).Err()
	}
	return &storagepb.BatchCommitWriteStreamsResponse{CommitTime: timestamppb.New(streams[0].committed)}, nil
}

// uncommittable says why a stream can't be committed, or nil.
func (st *stream) uncommittable() *storagepb.StorageError {
	fault := func(code storagepb.StorageError_StorageErrorCode, message string) *storagepb.StorageError {
		return &storagepb.StorageError{Code: code, Entity: st.name, ErrorMessage: message + " Entity: " + st.name}
	}
	switch {
	case st.kind != storagepb.WriteStream_PENDING:
		return fault(storagepb.StorageError_INVALID_STREAM_TYPE, fmt.Sprintf("Stream must be created in pending mode, actual: %s.", st.kind))
	case !st.committed.IsZero():
		return fault(storagepb.StorageError_STREAM_ALREADY_COMMITTED, "Stream has already been committed.")
	case !st.finalized:
		return fault(storagepb.StorageError_INVALID_STREAM_STATE, "Stream has not been finalized.")
	}
	return nil
}

// commit appends the rows of locked streams.
func (s *Server) commit(ctx context.Context, ref engine.TableRef, streams []*stream) error {
	var held []batch
	for _, st := range streams {
		held = append(held, st.held...)
	}
	if all := join(held); len(all.rows) > 0 {
		if err := s.engine.Append(context.WithoutCancel(ctx), ref, all.columns, all.rows); err != nil {
			return err
		}
		s.release(all.bytes)
	} else if _, err := s.engine.Table(ctx, ref); err != nil {
		return err
	}
	now := time.Now()
	for _, st := range streams {
		st.committed, st.held = now, nil
	}
	return nil
}
