package function

import (
	"context"
	"errors"
	"testing"
)

// Close waits for what is under way, and lets nothing more begin.
func TestCloseAwaitsWork(t *testing.T) {
	w := NewWork()
	ctx, done, err := w.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error)
	go func() { closed <- w.Close(t.Context()) }()
	<-w.Closing()
	if _, err := w.Enter(); !errors.Is(err, ErrClosing) {
		t.Errorf("work began after Close: %v", err)
	}
	if ctx.Err() != nil {
		t.Error("the work was cut off although there was time")
	}
	select {
	case err := <-closed:
		t.Fatalf("Close didn't wait: %v", err)
	default:
	}
	done()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := w.Close(t.Context()); err != nil {
		t.Errorf("closed again: %v", err)
	}
}

// Work is cut off before the time is up, so that it can answer; what doesn't
// listen is an error.
func TestCloseCutsWorkOff(t *testing.T) {
	deadline, cancel := context.WithTimeout(t.Context(), cutOff) // that is, at once
	defer cancel()
	w := NewWork()
	ctx, done, err := w.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-ctx.Done()
		done()
	}()
	if err := w.Close(deadline); err != nil {
		t.Errorf("work that ended when it was cut off: %v", err)
	}

	over, cancel := context.WithCancel(t.Context())
	cancel()
	w = NewWork()
	deaf, done, err := w.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if err := w.Close(over); !errors.Is(err, context.Canceled) {
		t.Errorf("Close = %v, want that work was left", err)
	}
	<-deaf.Done()
}
