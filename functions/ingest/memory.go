package ingest

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/semaphore"

	"github.com/tallystream/tallystream/shared/recordbatch"
)

// room bounds what the pushes of an instance hold. A push waits until there is room
// for it.
type room struct {
	bodies, decoded *semaphore.Weighted // bytes
	batches         *semaphore.Weighted // messages that are decompressed; nil without a bound
}

// An AppenderAtATime stores only so many messages at a time. What more there are of them
// needn't be decompressed yet.
type AppenderAtATime interface {
	Appender
	AtATime() int
}

func newRoom(a Appender) room {
	r := room{bodies: semaphore.NewWeighted(maxBodies), decoded: semaphore.NewWeighted(maxDecoded)}
	if few, ok := a.(AppenderAtATime); ok {
		// Each processor makes the rows of one beside those that are being stored.
		r.batches = semaphore.NewWeighted(int64(few.AtATime() + runtime.GOMAXPROCS(0)))
	}
	return r
}

// forBody waits for room for a body of so many bytes; -1 is a length that isn't
// known.
func (r room) forBody(ctx context.Context, length int64) (release func(), err error) {
	if length < 0 || length > maxBody {
		length = maxBody // reading it decides
	}
	return wait(ctx, r.bodies, length, length, "to be read", itsMemory)
}

// forBatch waits for room for what a message decompresses to.
func (r room) forBatch(ctx context.Context, data []byte) (release func(), err error) {
	n := int64(recordbatch.DecodedSize(data))
	if r.batches == nil {
		return wait(ctx, r.decoded, n, n, "to be decompressed", itsMemory)
	}
	one, err := wait(ctx, r.batches, 1, n, "to be stored", itsConnections)
	if err != nil {
		return nil, err
	}
	bytes, err := wait(ctx, r.decoded, n, n, "to be decompressed", itsMemory)
	if err != nil {
		one()
		return nil, err
	}
	return func() { bytes(); one() }, nil
}

// What messages of an instance take from one another.
const (
	itsMemory      = "memory"
	itsConnections = "connections to the warehouse"
)

// wait takes an amount of what a message of n bytes needs.
func wait(ctx context.Context, s *semaphore.Weighted, amount, n int64, what, taken string) (release func(), err error) {
	if err := s.Acquire(ctx, amount); err != nil {
		return nil, fmt.Errorf("a message of %d bytes has waited %s until its time was up: the others of this instance take its %s: more instances, or fewer messages at a time, make room: %w", n, what, taken, err)
	}
	return func() { s.Release(amount) }, nil
}
