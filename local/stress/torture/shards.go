package torture

import (
	"context"

	"github.com/tallystream/tallystream/shared/drain"
)

// shard is a part of the records that the bridge reads in one drain: the
// partitions whose number leaves index when it is divided by of. Shards let a
// pass of the aggregate come between them.
type shard struct{ index, of int }

// How the trials divide the records.
var (
	// halves are half of each topic, and the other half.
	halves = []shard{{0, 2}, {1, 2}}
	// thirds make three passes that differ. The first finds empty tables, votes
	// and registrations. The second finds registrations, for which some of the votes
	// were waiting. The third finds votes alone, some for minutes that were complete.
	thirds = []shard{{1, 3}, {0, 3}, {2, 3}}
)

// MatrixPasses is how many passes the trials of the statements have.
var MatrixPasses = len(thirds)

// drainTime is how long a stage drains, in seconds.
const drainTime = 20

// run carries and counts one shard after the other.
func (t *trial) run(ctx context.Context, shards []shard) error {
	for _, s := range shards {
		if err := t.carryShard(ctx, s); err != nil {
			return err
		}
		if err := t.pass(ctx); err != nil {
			return err
		}
	}
	return nil
}

// carry has the bridge and ingest carry all records.
func (t *trial) carry(ctx context.Context) error {
	for _, s := range halves {
		if err := t.carryShard(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// count has the aggregate count one shard after the other. Faults happen in the
// passes only.
func (t *trial) count(ctx context.Context, shards []shard) error {
	for _, s := range shards {
		t.in.Calm()
		if err := t.carryShard(ctx, s); err != nil {
			return err
		}
		t.in.Start()
		if err := t.pass(ctx); err != nil {
			return err
		}
	}
	return nil
}

// carryShard has the bridge publish a shard, and waits until ingest has answered
// every message.
func (t *trial) carryShard(ctx context.Context, s shard) error {
	if err := t.until(ctx, bridgeStage, drain.BridgeRequest{Request: drain.Request{Until: drain.CaughtUp, Seconds: drainTime}, Shard: s.index, Shards: s.of}); err != nil {
		return err
	}
	return t.inflight.await(ctx)
}

// pass has the aggregate count everything that is in raw.
func (t *trial) pass(ctx context.Context) error {
	return t.until(ctx, aggregateStage, drain.BridgeRequest{Request: drain.Request{Until: drain.CaughtUp, Seconds: drainTime}})
}
