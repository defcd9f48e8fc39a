package kafkalog

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/googleapis/gax-go/v2"
	"github.com/twmb/franz-go/pkg/kerr"
)

// tries is how often a request is sent where a broker is down: with the pauses
// between that is about 1.3 seconds.
const tries = 7

// AnyBroker repeats a request that met a broker which is down: any broker can
// answer it, and the client picks one at random without trying the others. It
// waits for a group's coordinator until ctx ends: a new one reads the group's
// offsets first.
func AnyBroker(ctx context.Context, request func() error) error {
	pause := gax.Backoff{Initial: 40 * time.Millisecond, Max: 1280 * time.Millisecond, Multiplier: 2}
	for try := 1; ; try++ {
		err := request()
		var network *net.OpError
		switch {
		case err == nil:
			return nil
		case coordinatorMoves(err):
		case !errors.As(err, &network), try >= tries:
			return err
		}
		if gax.Sleep(ctx, pause.Pause()) != nil {
			return err
		}
	}
}

// coordinatorMoves reports whether a group has no coordinator just now.
func coordinatorMoves(err error) bool {
	return errors.Is(err, kerr.CoordinatorNotAvailable) || errors.Is(err, kerr.CoordinatorLoadInProgress) || errors.Is(err, kerr.NotCoordinator)
}
