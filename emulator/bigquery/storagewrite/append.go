package storagewrite

import (
	"context"
	"errors"
	"io"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/tallystream/tallystream/emulator/profile"
)

// readAhead is how many decoded requests of a connection wait for the one that
// is being appended, so that decoding and storing overlap.
const readAhead = 2

// pacedAhead is the same under a profile: a connection has many appends under way,
// each of which takes its time.
const pacedAhead = 100

// AppendRows takes rows on a connection and acknowledges each request in order.
// A request that fails is answered with its error; the connection goes on.
func (s *Server) AppendRows(conn storagepb.BigQueryWrite_AppendRowsServer) error {
	ahead := readAhead
	if s.profile != nil {
		ahead = pacedAhead
	}
	decoded := make(chan *appendTask, ahead)
	g, ctx := errgroup.WithContext(conn.Context())
	g.Go(func() error {
		defer close(decoded)
		return s.receive(ctx, conn, decoded)
	})
	g.Go(func() error {
		for task := range decoded {
			if err := s.profile.Until(ctx, task.due); err != nil {
				return err
			}
			if err := conn.Send(task.run(ctx, s)); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// receive reads and decodes requests until the client ends the connection.
func (s *Server) receive(ctx context.Context, conn storagepb.BigQueryWrite_AppendRowsServer, out chan<- *appendTask) error {
	c := &connection{server: s, writers: map[string]*writer{}}
	for {
		req, err := conn.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		task, err := c.accept(ctx, req)
		if err != nil {
			return err
		}
		select {
		case out <- task:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// A connection is what one call of AppendRows remembers between requests.
type connection struct {
	server  *Server
	current string // the stream of the last request
	writers map[string]*writer
}

// accept decodes a request. The error ends the connection: the client broke the
// protocol. What is wrong with the rows is the task's failure.
func (c *connection) accept(ctx context.Context, req *storagepb.AppendRowsRequest) (*appendTask, error) {
	if req.GetWriteStream() != "" {
		c.current = req.GetWriteStream()
	}
	if c.current == "" {
		return nil, status.Error(codes.InvalidArgument, "The first request of a connection must name its write stream.")
	}
	due := time.Now().Add(c.server.profile.Draw(profile.BigQueryAppend))
	w := c.writers[c.current]
	if w == nil {
		due = due.Add(c.server.profile.Draw(profile.BigQueryOpen))
		var failure *status.Status
		if w, failure = c.server.newWriter(c.current); failure != nil {
			return &appendTask{name: c.current, failure: failure, due: due}, nil
		}
		c.writers[c.current] = w
	}
	task := w.accept(ctx, req)
	task.due = due
	return task, nil
}

// An appendTask is a decoded request, or what is wrong with it.
type appendTask struct {
	name    string
	writer  *writer
	batch   batch
	offset  int64 // -1 for none
	failure *status.Status
	rows    []*storagepb.RowError
	due     time.Time              // it isn't appended before
	updated *storagepb.TableSchema // set when the table's schema has changed
}

// run appends the rows and makes the answer.
func (t *appendTask) run(ctx context.Context, s *Server) *storagepb.AppendRowsResponse {
	out := &storagepb.AppendRowsResponse{WriteStream: t.name, UpdatedSchema: t.updated}
	offset := int64(-1)
	failure := t.failure
	if failure == nil {
		offset, failure = t.append(ctx, s)
	}
	if failure != nil {
		out.Response = &storagepb.AppendRowsResponse_Error{Error: failure.Proto()}
		out.RowErrors = t.rows
		return out
	}
	result := &storagepb.AppendRowsResponse_AppendResult{}
	if offset >= 0 {
		result.Offset = wrapperspb.Int64(offset)
	}
	out.Response = &storagepb.AppendRowsResponse_AppendResult_{AppendResult: result}
	return out
}

func (t *appendTask) append(ctx context.Context, s *Server) (int64, *status.Status) {
	if st := t.writer.stream; st != nil {
		return st.append(ctx, s, t.batch, t.offset)
	}
	// The append goes on when the client leaves: it may have been committed.
	if err := s.engine.Append(context.WithoutCancel(ctx), t.writer.table, t.batch.columns, t.batch.rows); err != nil {
		t.writer.stale.Store(true)
		return 0, asStatus(err, t.name)
	}
	return -1, nil
}
