package bridge

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
)

// rests reports whether a drain ends before its time: nobody votes, Kafka has had
// nothing for IDLE_SECONDS, and nothing that can be read is left.
func (d *loop) rests(now time.Time) bool {
	if d.awake || d.request.Replay != nil || d.request.Until == drain.CaughtUp || !d.discoverer.asked || d.transient {
		return false
	}
	_, may := d.config.Idle.MayRest(now)
	return may && d.caughtUp(true)
}

// anythingSince reports whether partitions have a record, by the time that it bears on
// Kafka, that isn't older than the one by which a drain may rest. Where that can't be
// found out it reports true: a drain that goes on costs a minute.
func (d *discoverer) anythingSince(ctx context.Context, f *found) bool {
	since, may := d.config.Idle.MayRest(time.Now())
	if !may || d.request.Replay != nil {
		return true
	}
	topics := map[string]bool{}
	for at := range f.parts {
		topics[at.Topic] = true
	}
	for topic := range topics {
		var lists kadm.ListedOffsets
		err := kafkalog.AnyBroker(ctx, func() (err error) {
			lists, err = d.admin.ListOffsetsAfterMilli(ctx, since.UnixMilli(), topic)
			return err
		})
		if err != nil {
			return true
		}
		for at, p := range f.parts {
			if at.Topic != topic {
				continue
			}
			o, ok := lists.Lookup(at.Topic, at.Partition)
			if !ok || o.Err != nil || o.Offset < p.log.known().extent.End {
				return true
			}
		}
	}
	return false
}
