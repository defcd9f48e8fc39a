package bridge

import (
	"context"
	"errors"
	"net"
	"time"
)

// The pauses between tries of a request whose broker is down: six of them, 1.3
// seconds together.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 640 * time.Millisecond
)

// anyBroker repeats a request that met a broker which is down: any broker can
// answer it, and the client picks one at random without trying the others.
func anyBroker(ctx context.Context, request func() error) error {
	for pause := firstPause; ; pause *= 2 {
		err := request()
		var network *net.OpError
		if err == nil || !errors.As(err, &network) || pause > lastPause {
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
