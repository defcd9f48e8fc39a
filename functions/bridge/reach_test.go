package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

func TestPatience(t *testing.T) {
	noRoute := &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}
	slowDNS := &net.DNSError{Err: "i/o timeout", IsTimeout: true}
	for _, tt := range []struct {
		name     string
		err      error         // of each try; nil is one that gets no answer
		there    time.Duration // when the network is; 0 is never
		patience time.Duration
		took     time.Duration
		ok       bool
	}{
		{name: "a network that comes late", there: 25 * time.Second, patience: 45 * time.Second, took: 2*kafkaTimeout + 2*betweenReaches + 4*time.Second, ok: true},
		{name: "no answer, ever", patience: 45 * time.Second, took: 45 * time.Second},
		{name: "no answer, and little patience", patience: 3 * time.Second, took: 3 * time.Second},
		{name: "no route yet", err: noRoute, there: 2 * time.Second, patience: 45 * time.Second, took: 2 * time.Second, ok: true},
		{name: "names that can't be looked up yet", err: slowDNS, there: time.Second, patience: 45 * time.Second, took: time.Second, ok: true},
		{name: "a wrong port", err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, patience: 45 * time.Second},
		{name: "a wrong host", err: &net.DNSError{Err: "no such host", IsNotFound: true}, patience: 45 * time.Second},
		{name: "a wrong password", err: kerr.SaslAuthenticationFailed, patience: 45 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				err := patiently(t.Context(), tt.patience, func(ctx context.Context) error {
					late := time.After(tt.there - time.Since(began))
					if tt.there == 0 {
						late = nil
					}
					if tt.err != nil {
						if tt.there > 0 && time.Since(began) >= tt.there {
							return nil
						}
						return fmt.Errorf("unable to dial: %w", tt.err)
					}
					select {
					case <-late:
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				})
				if (err == nil) != tt.ok || time.Since(began) != tt.took {
					t.Errorf("error %v after %v, want one: %t, after %v", err, time.Since(began), !tt.ok, tt.took)
				}
			})
		})
	}
}

// A bridge that is closed waits for no network.
func TestPatienceEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := patiently(ctx, time.Hour, func(context.Context) error {
		cancel()
		return context.DeadlineExceeded
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}
