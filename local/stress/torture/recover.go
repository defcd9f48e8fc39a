package torture

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/shared/drain"
)

// recovery bounds how long a trial may take to recover once the faults are over.
const recovery = 2 * time.Minute

// searchPause is longer than the aggregate's interval between two searches for
// rows whose ingest time is far from that of the others.
const searchPause = 61 * time.Minute

// controlRounds is how often the stages carry and count again what a control may
// have lost: once more than it takes to find rows whose ingest time is far from
// that of the others.
const controlRounds = 3

// recover ends the faults, and has the stages carry and count what is left. It
// fails where they don't finish within recovery.
func (t *trial) recover(ctx context.Context) error {
	t.in.Calm()
	t.called = nil
	ctx, cancel := context.WithTimeout(ctx, recovery)
	defer cancel()
	if err := t.in.Await(ctx); err != nil {
		return err
	}
	t.platform.awaitKilled()
	if err := t.place.Idle(ctx); err != nil {
		return err
	}
	for round := 1; ; round++ {
		if err := t.carryAndCount(ctx); err != nil {
			return err
		}
		records, err := t.counted(ctx)
		if err != nil {
			return err
		}
		uncommitted, err := t.uncommitted(ctx)
		if err != nil {
			return err
		}
		if records >= int64(t.fixture.ledger.Records()) && len(uncommitted) == 0 {
			return nil
		}
		// What a control has lost doesn't come: the comparison will tell.
		if t.control.breaks() && round == controlRounds {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%d of %d records were counted within %v, and %v",
				records, t.fixture.ledger.Records(), recovery, uncommitted)
		}
		t.clock.advance(searchPause)
	}
}

// carryAndCount has all stages catch up. What readers get before the passes is compared with
// what the passes make of it.
func (t *trial) carryAndCount(ctx context.Context) error {
	caughtUp := drain.BridgeRequest{Request: drain.Request{Until: drain.CaughtUp, Seconds: drainTime}}
	if err := t.until(ctx, bridgeStage, caughtUp); err != nil {
		return err
	}
	if err := t.inflight.await(ctx); err != nil {
		return err
	}
	if err := t.observe(ctx); err != nil { // everything is read by now, and not everything is counted
		return fmt.Errorf("how the count stands: %w", err)
	}
	live, err := t.liveFigures(ctx)
	if err != nil {
		return err
	}
	if err := t.until(ctx, aggregateStage, caughtUp); err != nil {
		return err
	}
	if live == nil {
		return nil
	}
	settled, err := t.snapshot(ctx)
	if err != nil {
		return fmt.Errorf("read the settled figures: %w", err)
	}
	t.compareLive(live, settled)
	return nil
}

// counted is how many records the passes have seen.
func (t *trial) counted(ctx context.Context) (int64, error) {
	defer t.place.Hold()()
	rows, err := query.Select[struct{ Records int64 }](ctx, t.place.Tables(),
		"SELECT CAST(COALESCE(SUM(records), 0) AS BIGINT) AS records FROM analytics.books", nil)
	if err != nil {
		return 0, fmt.Errorf("read the books: %w", err)
	}
	return rows[0].Records, nil
}

// uncommitted are the partitions whose commit isn't at their end: a drain that
// was overtaken may commit last, and less. The next one repeats what it left.
func (t *trial) uncommitted(ctx context.Context) ([]string, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(t.fixture.kafka.ListenAddrs()...))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	commits, err := kadm.NewClient(client).FetchOffsets(ctx, t.platform.env["KAFKA_GROUP"])
	if err != nil {
		return nil, fmt.Errorf("read the commits: %w", err)
	}
	var found []string
	for topic, ends := range t.fixture.ledger.End() {
		for partition, end := range ends {
			c, ok := commits.Lookup(topic, partition)
			if !ok || c.At != end {
				found = append(found, fmt.Sprintf("%s[%d] is committed up to %d (%v), want %d", topic, partition, c.At, ok, end))
			}
		}
	}
	return found, nil
}
