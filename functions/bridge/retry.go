package bridge

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

// The pauses between tries of a request: six of them, 1.3 seconds together,
// where a broker is down, and more of the last where the group's coordinator
// moves or begins.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 640 * time.Millisecond
)

// anyBroker repeats a request that met a broker which is down: any broker can
// answer it, and the client picks one at random without trying the others. It
// waits for a coordinator until ctx ends: a new one reads the group's offsets
// first.
func anyBroker(ctx context.Context, request func() error) error {
	for pause := firstPause; ; pause *= 2 {
		err := request()
		var network *net.OpError
		switch {
		case err == nil:
			return nil
		case coordinatorMoves(err):
			pause = min(pause, lastPause)
		case !errors.As(err, &network), pause > lastPause:
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
	}
}

// coordinatorMoves reports whether a group has no coordinator just now.
func coordinatorMoves(err error) bool {
	return errors.Is(err, kerr.CoordinatorNotAvailable) || errors.Is(err, kerr.CoordinatorLoadInProgress) || errors.Is(err, kerr.NotCoordinator)
}
