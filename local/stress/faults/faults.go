// Package faults injects faults into the connections between the stages and the
// services: Kafka, Pub/Sub, the push to ingest, BigQuery's Storage Write API and its
// REST API. Each connection goes through a proxy (for Kafka the broker's own
// listener), which counts requests and does to each what an Injector chooses.
//
// The stages are as they are deployed: their environment has the addresses of the
// proxies. Package torture decides which faults to try.
package faults

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Fault is what happens to one step.
type Fault int

// The faults. "Before" and "after" say whether the step had taken effect.
const (
	None       Fault = iota
	Refused          // an error, before it took effect
	AnswerLost       // it took effect, but the answer was lost
	KillBefore       // the process is killed before it takes effect
	KillAfter        // the process is killed after it took effect, before it has the answer
	Twice            // it is delivered twice
	Late             // it takes effect after its sender has given up waiting
	Denied           // like Refused, with an error that clients don't retry, several times in a row

	// Those of a connection to PostgreSQL.
	Terminated // the server ends the session, before it takes effect; a commit in the middle
	Crashed    // the server is killed, and starts again; a commit in the middle
	Vanished   // the client is gone before it takes effect, and the server isn't told
)

var faultNames = [...]string{
	"none", "refused", "answer lost", "killed before", "killed after", "delivered twice", "late", "denied",
	"terminated", "server killed", "vanished",
}

// All are the faults, in order.
func All() []Fault {
	var all []Fault
	for f := Refused; int(f) < len(faultNames); f++ {
		all = append(all, f)
	}
	return all
}

func (f Fault) String() string { return faultNames[f] }

// Kills reports whether the fault ends the process.
func (f Fault) Kills() bool { return f == KillBefore || f == KillAfter }

// Of returns the faults that a step can suffer. On connections to Kafka and PostgreSQL a
// refused request is a connection that is cut. PostgreSQL undoes what isn't committed when
// that happens, so that only a commit can be late. A statement has no connection: it fails, or
// its job goes on without the caller while another pass overtakes it.
func Of(op Op) []Fault {
	switch op {
	case Statement:
		return []Fault{Refused, KillAfter}
	case Metadata, Offsets, Committed, Fetch, Commit:
		return []Fault{Refused, AnswerLost, KillBefore, KillAfter, Twice, Late}
	case IngestConnect, AggregateConnect:
		return []Fault{Refused, AnswerLost, KillBefore, KillAfter, Denied}
	case IngestStatement, Copy, Look:
		return []Fault{Refused, AnswerLost, KillBefore, KillAfter, Denied, Terminated}
	case PassStatement:
		return []Fault{Refused, KillAfter, Denied, Terminated}
	case IngestCommit, PassCommit:
		return []Fault{Refused, AnswerLost, KillBefore, KillAfter, Late, Denied, Terminated, Crashed, Vanished}
	}
	return []Fault{Refused, AnswerLost, KillBefore, KillAfter, Twice, Late, Denied}
}

// denials is how many steps in a row are denied. Ingest appends to three tables at
// the same time, so that up to three pushes fail.
func denials(op Op) int {
	switch op {
	case Append, OpenStream:
		return 9
	case PassStatement:
		return 1 // the error of a statement ends the pass
	}
	return 3
}

// Op is a kind of step.
type Op string

// The steps, by the stage that takes them.
const (
	Metadata   Op = "kafka metadata"     // bridge
	Offsets    Op = "kafka list offsets" // bridge
	Committed  Op = "kafka read commits" // bridge
	Fetch      Op = "kafka fetch"        // bridge
	Commit     Op = "kafka commit"       // bridge
	Publish    Op = "pubsub publish"     // bridge, with its acknowledgement
	Push       Op = "push"               // ingest, with its answer
	OpenStream Op = "open stream"        // ingest
	Append     Op = "append"             // ingest, with its acknowledgement
	Query      Op = "bigquery query"     // aggregate: a poll, or a pass
	Poll       Op = "bigquery poll"      // aggregate: the result of a pass that takes long
	Statement  Op = "statement"          // aggregate: of a pass, in BigQuery; the last but one commits

	// On PostgreSQL.
	IngestConnect    Op = "ingest connects"    // a session is opened
	IngestStatement  Op = "ingest statement"   // of an append, but for the next two
	Copy             Op = "copy"               // of the rows of an append into one table
	IngestCommit     Op = "ingest commits"     // an append
	AggregateConnect Op = "aggregate connects" // a session is opened
	Look             Op = "look"               // aggregate: whatever isn't a pass
	PassStatement    Op = "pass statement"     // aggregate
	PassCommit       Op = "pass commits"       // aggregate
)

// InPass reports whether steps of this kind are the statements of a pass.
func (op Op) InPass() bool { return op == Statement || op == PassStatement }

// AtWarehouse reports whether a stage takes steps of this kind with the warehouse.
func (op Op) AtWarehouse() bool {
	switch op.Stage() {
	case "ingest":
		return op != Push
	case "aggregate":
		return true
	}
	return false
}

// Stage is the function that takes a step.
func (op Op) Stage() string {
	switch op {
	case Push, OpenStream, Append, IngestConnect, IngestStatement, Copy, IngestCommit:
		return "ingest"
	case Query, Poll, Statement, AggregateConnect, Look, PassStatement, PassCommit:
		return "aggregate"
	}
	return "bridge"
}

// Firing is a fault that happened to the Nth step of its kind, counted from 1.
type Firing struct {
	Op    Op
	N     int
	Fault Fault
}

func (f Firing) String() string { return fmt.Sprintf("%s %d %s", f.Op, f.N, f.Fault) }

// Injector chooses the faults of one trial. The functions are set before it is
// used; its methods are safe for concurrent use.
type Injector struct {
	// Choose returns what happens to the nth step of a kind; nil is nothing.
	Choose func(op Op, n int) Fault
	// Kill ends a stage's process and returns when it is gone. If it is nil, a fault
	// that kills cuts the connection only.
	Kill func(stage string)
	// Hold is how long a late step waits at most. A proxy that sees its sender give
	// up lets the step happen then.
	Hold time.Duration
	// Held is called when a late step begins to wait; may be nil.
	Held func()

	mu     sync.Mutex
	counts map[Op]int
	denied map[Op]int // how many steps will be, from the next on
	fired  []Firing
	active bool
	seen   map[Op]int    // like counts, and while inactive too
	late   int           // steps that have still to take effect
	more   chan struct{} // closed at the next change
}

// next counts a step and returns its fault.
func (in *Injector) next(op Op) Fault {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.see(op)
	if !in.active {
		return None
	}
	if in.counts == nil {
		in.counts, in.denied = map[Op]int{}, map[Op]int{}
	}
	in.counts[op]++
	n := in.counts[op]
	if in.Choose == nil {
		return None
	}
	f := in.Choose(op, n)
	if f == Denied {
		in.denied[op] = denials(op)
	}
	if in.denied[op] > 0 {
		in.denied[op]--
		f = Denied
	}
	if f != None {
		in.fired = append(in.fired, Firing{op, n, f})
	}
	if f == Late && in.Held != nil {
		in.Held()
	}
	return f
}

// see wakes those that wait for steps.
func (in *Injector) see(op Op) {
	if in.seen == nil {
		in.seen = map[Op]int{}
	}
	in.seen[op]++
	in.tell()
}

func (in *Injector) tell() {
	if in.more != nil {
		close(in.more)
		in.more = nil
	}
}

// wait waits until done returns true, or until the end of ctx. It calls done with
// the lock held.
func (in *Injector) wait(ctx context.Context, done func() bool) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	for !done() {
		if in.more == nil {
			in.more = make(chan struct{})
		}
		more := in.more
		in.mu.Unlock()
		var err error
		select {
		case <-more:
		case <-ctx.Done():
			err = ctx.Err()
		}
		in.mu.Lock()
		if err != nil {
			return err
		}
	}
	return nil
}

// defers counts a step that takes effect later. The returned function is called when
// it has.
func (in *Injector) defers() (done func()) {
	count := func(by int) {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.late += by
		in.tell()
	}
	count(1)
	return func() { count(-1) }
}

// background runs a step that takes effect later.
func (in *Injector) background(f func()) {
	done := in.defers()
	go func() {
		defer done()
		f()
	}()
}

// kill ends the process of the stage that took a step.
func (in *Injector) kill(op Op) {
	if in.Kill != nil {
		in.Kill(op.Stage())
	}
}

// Start begins to count steps and to inject faults. Until then everything passes.
func (in *Injector) Start() { in.set(true) }

// Calm ends the counting and the faults.
func (in *Injector) Calm() { in.set(false) }

func (in *Injector) set(active bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.active = active
	in.tell()
}

// Counts returns how many steps of each kind were taken.
func (in *Injector) Counts() map[Op]int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return maps.Clone(in.counts)
}

// Fired returns the faults that happened, in order.
func (in *Injector) Fired() []Firing {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.fired)
}

// Await waits until every late step has taken effect.
func (in *Injector) Await(ctx context.Context) error {
	if err := in.wait(ctx, func() bool { return in.late == 0 }); err != nil {
		return fmt.Errorf("a late step hasn't taken effect: %w", err)
	}
	return nil
}
