package torture

import (
	"context"
	"errors"
	"fmt"
)

// Harness runs trials: it has a warehouse, with a database for each trial that runs at
// the same time.
type Harness struct {
	// Thorough audits the outcome of every trial; otherwise those of the seeds and
	// of a sample of the matrix are audited. The matrix then tries a statement in
	// every pass that has it, and otherwise in one of them.
	Thorough bool

	warehouse Warehouse
	program   []string    // serves a function in a process of its own
	free      chan *place // those without a trial
	places    []*place    // all
}

// place is what one trial at a time has to itself.
type place struct {
	Database
	harness *Harness
	id      string
	hmacKey string
}

// NewHarness returns a Harness over a warehouse, which it closes. Program is a command line
// that serves a function at the address that is appended to it.
func NewHarness(ctx context.Context, w Warehouse, program ...string) (*Harness, error) {
	h := &Harness{warehouse: w, program: program, free: make(chan *place, w.Concurrency())}
	for i := range w.Concurrency() {
		d, err := w.Open(ctx, i)
		if err != nil {
			return nil, errors.Join(err, h.Close())
		}
		p := &place{Database: d, harness: h, id: fmt.Sprintf("torture-%d", i), hmacKey: fmt.Sprintf("torture key %d, which no log may show", i)}
		h.places = append(h.places, p)
		h.free <- p
	}
	return h, nil
}

// Close ends the warehouse. No trial may be under way.
func (h *Harness) Close() error {
	var errs []error
	for _, p := range h.places {
		errs = append(errs, p.Database.Close())
	}
	return errors.Join(append(errs, h.warehouse.Close())...)
}
