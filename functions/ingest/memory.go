package ingest

import (
	"context"
	"fmt"

	"golang.org/x/sync/semaphore"

	"github.com/tallystream/tallystream/shared/recordbatch"
)

// room bounds what the pushes of an instance hold. A push waits until there is room
// for it.
type room struct{ bodies, decoded *semaphore.Weighted }

func newRoom() room {
	return room{bodies: semaphore.NewWeighted(maxBodies), decoded: semaphore.NewWeighted(maxDecoded)}
}

// forBody waits for room for a body of so many bytes; -1 is a length that isn't
// known.
func (r room) forBody(ctx context.Context, length int64) (release func(), err error) {
	if length < 0 || length > maxBody {
		length = maxBody // reading it decides
	}
	return wait(ctx, r.bodies, length, "to be read")
}

// forBatch waits for room for what a message decompresses to.
func (r room) forBatch(ctx context.Context, data []byte) (release func(), err error) {
	return wait(ctx, r.decoded, int64(recordbatch.DecodedSize(data)), "to be decompressed")
}

func wait(ctx context.Context, s *semaphore.Weighted, n int64, what string) (release func(), err error) {
	if err := s.Acquire(ctx, n); err != nil {
		return nil, fmt.Errorf("a message of %d bytes has waited %s until its time was up: the others of this instance take its memory: more instances, or fewer messages at a time, make room: %w", n, what, err)
	}
	return func() { s.Release(n) }, nil
}
