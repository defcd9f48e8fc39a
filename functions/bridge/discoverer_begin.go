package bridge

import (
	"fmt"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
)

// beginning decides where to begin a partition: at its commit, if the log goes on
// there. Where the log has lost what was read, it notes that in the partition, and
// where the offsets below the log were deleted, how many. The error says that the
// broker's answers contradict the commit.
func beginning(c kafkalog.Commit, committed bool, p *partition, l kafkalog.Extent, e kafkalog.EpochEnd) (begin kafkalog.Mark, warning string, err error) {
	// What the log has lost before anyone read it isn't missed: the chain of
	// offsets begins with the first record there is.
	start := kafkalog.Mark{Next: l.First, Follows: -1, Epoch: -1}
	if !committed {
		return start, "", nil
	}
	if !c.Of(p.topicID) {
		return start, "the topic was made anew since the last drain: reading it from its beginning", nil
	}
	if from, lost := e.LostBelow(c.Next, l); lost {
		p.log.lost = from
		return kafkalog.Mark{Next: from, Follows: -1, Epoch: e.Epoch}, fmt.Sprintf(
			"the broker lost records: offsets %d to %d were read, and leader epoch %d ends at %d now; %s", from, c.Next-1, c.Epoch, from, reused), nil
	}
	if e.Asked && e.End < 0 && (c.Next > l.End || p.leaderEpoch >= 0 && c.Epoch > p.leaderEpoch) {
		return kafkalog.Mark{}, "", fmt.Errorf("offset %d is committed in leader epoch %d, of which the broker that leads it knows nothing: "+
			"one that was away for a while learns it soon; of a Kafka that was restored from an older copy, make the topic anew: its id tells the two apart", c.Next, c.Epoch)
	}
	if c.Next > l.End && (!e.Asked || e.End < c.Next) {
		p.log.lost = l.First
		return start, fmt.Sprintf(
			"the broker lost records: offset %d is committed, but the log ends at %d; where it parted from what was read can't be told, so all of it is read again; %s",
			c.Next, l.End, reused), nil
	}
	if c.Next < l.First {
		p.log.deleted += l.First - c.Next
		return kafkalog.Mark{Next: l.First, Follows: c.Follows, Epoch: -1}, fmt.Sprintf(
			"offsets %d to %d were deleted by the broker before they were read: lengthen the topic's retention, or drain more often", c.Next, l.First-1), nil
	}
	return c.Mark, "", nil
}

// reused says what happens after a loss, and how to prevent one.
const reused = "records that come at these offsets are counted as new ones; producers with acks=all, and min.insync.replicas above 1, keep a broker from losing any"
