package countstate

import (
	"maps"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// A view is the facts at a time, from which At derives the parts of a state.
type view struct {
	facts   *Facts
	now     time.Time
	rules   Rules
	current map[kafka.TopicPartition]*Partition // by topic and number
}

// current returns the partitions that Kafka has now, by topic and number. Of the topic
// ids of a partition, the one that was reported last is current. A partition of an
// earlier topic of the same name is left out if the topic of today has fewer.
func current(partitions []Partition) map[kafka.TopicPartition]*Partition {
	found := map[kafka.TopicPartition]*Partition{}
	for i := range partitions {
		p := &partitions[i]
		if p.Log == nil {
			continue
		}
		at := p.TopicPartition.WithoutID()
		if other := found[at]; other == nil || p.Log.ObservedAt.After(other.Log.ObservedAt) {
			found[at] = p
		}
	}
	newest := map[string]*Partition{} // by topic
	for at, p := range found {
		if other := newest[at.Topic]; other == nil || p.Log.ObservedAt.After(other.Log.ObservedAt) {
			newest[at.Topic] = p
		}
	}
	maps.DeleteFunc(found, func(at kafka.TopicPartition, p *Partition) bool {
		last := newest[at.Topic]
		return int64(at.Partition) >= last.Log.Partitions && p.Base().TopicID != last.Base().TopicID
	})
	return found
}

// isCurrent reports whether Kafka has p now, under this topic id.
func (v *view) isCurrent(p *Partition) bool { return v.current[p.TopicPartition.WithoutID()] == p }

// closed reports whether voting has closed.
func (v *view) closed() bool {
	return !v.facts.Closes.IsZero() && !v.now.Before(v.facts.Closes)
}

// opened reports whether voting has opened.
func (v *view) opened() bool {
	return !v.facts.Opens.IsZero() && !v.now.Before(v.facts.Opens)
}

// votes returns the number of counted votes.
func (v *view) votes() (n int64) {
	for _, votes := range v.facts.Result {
		n += votes
	}
	return n
}

// unread returns how many offsets of a partition Kafka holds that aren't read. A
// partition that isn't current has none: its log is gone.
func (v *view) unread(p *Partition) int64 {
	if p.Log == nil || !v.isCurrent(p) {
		return 0
	}
	return max(0, p.Log.LogEnd-p.Log.Next)
}

// unsettled returns how many offsets of a partition were read and aren't counted.
func unsettled(p *Partition) int64 {
	last, next := int64(-1), int64(0)
	if p.Log != nil {
		last = p.Log.LastRecord
	}
	if p.Settled != nil { // a record above a missing one was read, even if no report says so
		last, next = max(last, p.Settled.Last), p.Settled.Next
	}
	return max(0, last+1-next)
}

// onTheWay returns how many offsets are unread and unsettled, of all partitions.
func (v *view) onTheWay() (unread, notSettled int64) {
	for i := range v.facts.Partitions {
		p := &v.facts.Partitions[i]
		unread += v.unread(p)
		notSettled += unsettled(p)
	}
	return unread, notSettled
}

// checkedAt returns the oldest of the partitions' newest reports, in whole minutes; nil
// if a partition was never reported.
func (v *view) checkedAt() *time.Time {
	var oldest time.Time
	for _, topic := range v.facts.Topics {
		reported, _, count := v.reported(topic)
		if count == 0 || int64(len(reported)) < count {
			return nil
		}
		for _, p := range reported {
			if oldest.IsZero() || p.Log.ObservedAt.Before(oldest) {
				oldest = p.Log.ObservedAt
			}
		}
	}
	if oldest.IsZero() {
		return nil
	}
	oldest = oldest.UTC().Truncate(time.Minute)
	return &oldest
}

// reported returns a topic's current partitions, the numbers of those never reported,
// and the expected count (0 if unknown).
func (v *view) reported(topic string) (known []*Partition, missing []int32, count int64) {
	for i := range v.facts.Partitions {
		if p := &v.facts.Partitions[i]; p.Topic == topic && v.isCurrent(p) {
			known = append(known, p)
			count = max(count, p.Log.Partitions)
		}
	}
	for n := range int32(count) {
		if v.current[kafka.TopicPartition{Topic: topic, Partition: n}] == nil {
			missing = append(missing, n)
		}
	}
	return known, missing, count
}

// overdue returns what has made no progress, or isn't known, for longer than
// Rules.Patience: the reasons of a delay. moving is what has waited for as long, and is taken in
// its turn.
func (v *view) overdue() (all, moving reasons) {
	if since := v.facts.UnreadableSince; !since.IsZero() {
		since = since.UTC()
		all = append(all, Reason{Code: ReasonUnreadable, Since: &since})
	}
	for _, topic := range v.facts.Topics {
		_, missing, count := v.reported(topic)
		switch never := (Reason{Code: ReasonNeverReported, Topic: topic, Partitions: missing}); {
		case count > 0 && len(missing) == 0:
		case v.now.Sub(v.facts.WatchedSince) <= v.rules.Patience: // the first reports may be on their way
			moving = append(moving, never)
		default:
			all = append(all, never)
		}
	}
	for i := range v.facts.Partitions {
		p := &v.facts.Partitions[i]
		if p.Settled != nil && !p.Settled.Balanced {
			all.add(ReasonUnbalanced, p, 0, time.Time{}, "")
		}
		if p.Log == nil {
			continue
		}
		if v.isCurrent(p) && v.tooLong(p.Log.ObservedAt) {
			all.add(ReasonSilent, p, 0, p.Log.ObservedAt, "")
		}
		if n := v.unread(p); n > 0 && v.tooLong(p.Log.UnreadSince) {
			switch {
			case p.Log.LastStable < p.Log.LogEnd && p.Log.Next >= p.Log.LastStable:
				all.add(ReasonOpenTransaction, p, n, p.Log.UnreadSince, p.Log.Open)
			case p.Log.ReadAt.IsZero() || v.tooLong(p.Log.ReadAt):
				all.add(ReasonUnread, p, n, p.Log.UnreadSince, p.Log.Open)
			default:
				moving.add(ReasonCatchingUp, p, n, p.Log.UnreadSince, "")
			}
		}
		if n := unsettled(p); n > 0 && v.tooLong(p.Log.UnsettledSince) {
			if v.inTurn(p) {
				moving.add(ReasonCatchingUp, p, n, p.Log.UnsettledSince, "")
			} else {
				all.add(ReasonUnsettled, p, n, p.Log.UnsettledSince, "")
			}
		}
	}
	return all, moving
}

// tooLong reports whether a time that is known is longer ago than Rules.Patience.
func (v *view) tooLong(since time.Time) bool {
	return !since.IsZero() && v.now.Sub(since) > v.rules.Patience
}

// inTurn reports whether what isn't settled of a partition waits for passes that go on. Passes take
// records in the order in which they came in. So as long as they have settled nothing that came in
// after these records, which is about when the report of them did, these may be next. A record that is
// lost on its way has no turn: passes settle others that came after it, or there is nothing to settle and no pass.
func (v *view) inTurn(p *Partition) bool {
	var pass, newest time.Time
	for i := range v.facts.Partitions {
		if s := v.facts.Partitions[i].Settled; s != nil {
			if s.SettledAt.After(pass) {
				pass = s.SettledAt
			}
			if s.LastIngestedAt.After(newest) {
				newest = s.LastIngestedAt
			}
		}
	}
	// A pass is seen when it ends, and known by when it began. It and the one that runs may each take the
	// patience. A record may take some of it longer on its way than the report.
	goesOn := !pass.IsZero() && v.now.Sub(pass) <= 2*v.rules.Patience
	return goesOn && !newest.After(p.Log.UnsettledFrom.Add(v.rules.Patience/2))
}

// deleted returns the reasons of records that the broker deleted before they were read.
func (v *view) deleted() (all reasons) {
	for i := range v.facts.Partitions {
		if p := &v.facts.Partitions[i]; p.Log != nil && p.Log.Deleted > 0 {
			all.add(ReasonDeletedUnread, p, p.Log.Deleted, time.Time{}, "")
		}
	}
	return all
}

// remaining returns what a count waits for that isn't delayed, after voting has closed.
func (v *view) remaining() (all reasons) {
	var last time.Time
	for i := range v.facts.Partitions {
		p := &v.facts.Partitions[i]
		if n := v.unread(p) + unsettled(p); n > 0 {
			all.add(ReasonOnTheWay, p, n, time.Time{}, "")
		}
		if p.Settled != nil && p.Settled.LastIngestedAt.After(last) {
			last = p.Settled.LastIngestedAt
		}
		if v.isCurrent(p) && p.Log.ObservedAt.Before(v.facts.Closes.Add(v.rules.Quiet)) {
			all.add(ReasonUnchecked, p, 0, p.Log.ObservedAt, "")
		}
	}
	if v.now.Sub(last) < v.rules.Quiet {
		last = last.UTC()
		all = append(all, Reason{Code: ReasonNotQuiet, Since: &last})
	}
	return all
}
