package faults

import (
	"context"
	"errors"
)

// overtaken is how many queries another drain of the aggregate takes until it
// has run a pass: the progress, a look, the pass, and one that shows that the
// pass has ended.
const overtaken = 4

// Statement suffers the fault of a statement of a script in BigQuery.
func (in *Injector) Statement(ctx context.Context) error {
	switch in.next(Statement) {
	case Refused:
		return errors.New("failed by a fault")
	case KillAfter:
		in.kill(Statement)
		in.await(ctx, Query, overtaken)
	}
	return nil
}
