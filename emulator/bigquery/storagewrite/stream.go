package storagewrite

import (
	"context"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

// A batch is rows with the columns they have values for.
type batch struct {
	columns []string
	rows    [][]any
	bytes   int64
}

// A stream is a created write stream. Its mutex covers the append to the table
// too, so that the rows and the offset change together.
type stream struct {
	name    string
	table   engine.TableRef
	kind    storagepb.WriteStream_Type
	created time.Time

	mu        sync.Mutex
	next      int64   // offset of the next row
	flushed   int64   // rows in the table, of a BUFFERED stream
	held      []batch // rows not in the table yet, of a PENDING or BUFFERED stream
	finalized bool
	committed time.Time // of a PENDING stream; zero before
	used      time.Time
}

// resource describes the stream. A stream of type COMMITTED has its commit at
// its creation.
func (st *stream) resource() *storagepb.WriteStream {
	out := &storagepb.WriteStream{Name: st.name, Type: st.kind, CreateTime: timestamppb.New(st.created)}
	switch {
	case st.kind == storagepb.WriteStream_COMMITTED:
		out.CommitTime = out.CreateTime
	case !st.committed.IsZero():
		out.CommitTime = timestamppb.New(st.committed)
	}
	return out
}

// append adds rows at an offset, -1 for the end, and returns the offset.
func (st *stream) append(ctx context.Context, s *Server, b batch, offset int64) (int64, *status.Status) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.used = time.Now()
	switch {
	case st.finalized:
		return 0, storageFail(codes.InvalidArgument, storagepb.StorageError_STREAM_FINALIZED, st.name, "Stream has been finalized and cannot be appended.")
	case offset >= 0 && offset < st.next:
		return 0, storageFail(codes.AlreadyExists, storagepb.StorageError_OFFSET_ALREADY_EXISTS, st.name,
			"The offset is within stream, expected offset %d, received %d", st.next, offset)
	case offset > st.next:
		return 0, storageFail(codes.OutOfRange, storagepb.StorageError_OFFSET_OUT_OF_RANGE, st.name,
			"The offset is beyond stream, expected offset %d, received %d", st.next, offset)
	}
	if st.kind == storagepb.WriteStream_COMMITTED {
		if err := s.engine.Append(context.WithoutCancel(ctx), st.table, b.columns, b.rows); err != nil {
			return 0, asStatus(err, st.name)
		}
	} else if err := s.hold(st, b); err != nil {
		return 0, err
	}
	at := st.next
	st.next += int64(len(b.rows))
	return at, nil
}

// flush moves the rows up to and including offset into the table.
func (st *stream) flush(ctx context.Context, s *Server, offset int64) *status.Status {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.used = time.Now()
	if st.kind != storagepb.WriteStream_BUFFERED {
		return storageFail(codes.InvalidArgument, storagepb.StorageError_INVALID_STREAM_TYPE, st.name, "FlushRows is for streams of type BUFFERED.")
	}
	if offset < 0 || offset >= st.next {
		return storageFail(codes.OutOfRange, storagepb.StorageError_OFFSET_OUT_OF_RANGE, st.name, "Offset %d is beyond the end of the stream", offset)
	}
	n := offset + 1 - st.flushed
	if n <= 0 {
		return nil // flushed before
	}
	taken, rest := split(st.held, n)
	all := join(taken)
	if err := s.engine.Append(context.WithoutCancel(ctx), st.table, all.columns, all.rows); err != nil {
		return asStatus(err, st.name)
	}
	st.flushed += n
	st.held = rest
	s.release(all.bytes)
	return nil
}

// split cuts n rows off the front of batches.
func split(batches []batch, n int64) (front, rest []batch) {
	for i, b := range batches {
		size := int64(len(b.rows))
		if n >= size {
			front = append(front, b)
			n -= size
			continue
		}
		if n > 0 {
			share := b.bytes * n / size
			front = append(front, batch{b.columns, b.rows[:n], share})
			b = batch{b.columns, b.rows[n:], b.bytes - share}
		}
		rest = append(append(rest, b), batches[i+1:]...)
		break
	}
	return front, rest
}

// join makes one batch of several, with the columns of all. A row that lacks a
// column of another has NULL there.
func join(batches []batch) batch {
	var out batch
	index := map[string]int{}
	for _, b := range batches {
		for _, c := range b.columns {
			if _, ok := index[strings.ToLower(c)]; !ok {
				index[strings.ToLower(c)] = len(out.columns)
				out.columns = append(out.columns, c)
			}
		}
	}
	for _, b := range batches {
		out.bytes += b.bytes
		if len(b.columns) == len(out.columns) && sameColumns(b.columns, out.columns) {
			out.rows = append(out.rows, b.rows...)
			continue
		}
		for _, row := range b.rows {
			wide := make([]any, len(out.columns))
			for i, c := range b.columns {
				wide[index[strings.ToLower(c)]] = row[i]
			}
			out.rows = append(out.rows, wide)
		}
	}
	return out
}

func sameColumns(a, b []string) bool {
	for i := range a {
		if !strings.EqualFold(a[i], b[i]) {
			return false
		}
	}
	return true
}
