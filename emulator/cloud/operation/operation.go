// Package operation holds long-running operations: what takes its time is answered at
// once with an operation, which is asked for until it is done
// (https://google.aip.dev/151).
package operation

import (
	"context"
	"fmt"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// Operations are those of one service. The zero value is not ready: see New.
type Operations struct {
	ctx  context.Context
	work sync.WaitGroup

	mu   sync.Mutex
	all  map[string]*entry // by name
	last int
}

type entry struct {
	metadata api.Object
	done     bool
	response api.Object
	err      error
}

// New returns operations whose work is told to end when ctx does.
func New(ctx context.Context) *Operations {
	return &Operations{ctx: ctx, all: map[string]*entry{}}
}

// Start begins an operation of a parent, like projects/p/locations/l, and returns it as
// JSON, not done. Work is done beside the caller; what it returns is the operation's
// response, or its error.
func (o *Operations) Start(parent string, metadata api.Object, work func(context.Context) (api.Object, error)) api.Object {
	o.mu.Lock()
	o.last++
	name := fmt.Sprintf("%s/operations/operation-%d", parent, o.last)
	e := &entry{metadata: metadata}
	o.all[name] = e
	started := e.object(name)
	o.mu.Unlock()

	o.work.Go(func() {
		response, err := work(o.ctx)
		o.mu.Lock()
		defer o.mu.Unlock()
		e.done, e.response, e.err = true, response, err
	})
	return started
}

// Get is an operation as JSON; NOT_FOUND where there is none of that name.
func (o *Operations) Get(name string) (api.Object, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e := o.all[name]
	if e == nil {
		return nil, status.Errorf(codes.NotFound, "Operation %s not found", name)
	}
	return e.object(name), nil
}

// Wait returns when the work of every operation has ended.
func (o *Operations) Wait() { o.work.Wait() }

func (e *entry) object(name string) api.Object {
	out := api.Object{"name": name, "done": e.done}
	if e.metadata != nil {
		out["metadata"] = e.metadata
	}
	switch {
	case !e.done:
	case e.err != nil:
		s := status.Convert(e.err)
		out["error"] = api.Object{"code": int(s.Code()), "message": s.Message()}
	default:
		out["response"] = e.response
	}
	return out
}
