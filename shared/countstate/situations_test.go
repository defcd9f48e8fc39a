package countstate

import (
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// A situation is a change of the counted facts, and what the state of the count is with it.
type situation struct {
	change  func(*Facts)
	at      time.Time
	want    Name
	reasons []string
}

var afterClose = closes.Add(10 * time.Minute)

// votingDay is the voting day, from before it opens to after it closes.
var votingDay = map[string]situation{
	"all is counted": {func(*Facts) {}, afterClose, Complete, nil},
	"before it closes": {func(f *Facts) {
		f.Partitions[0].Log.ObservedAt, f.Partitions[1].Log.ObservedAt = closes.Add(-time.Minute), closes.Add(-time.Minute)
	}, closes.Add(-time.Second), Counting, nil},
	"no hours":          {func(f *Facts) { f.Opens, f.Closes = time.Time{}, time.Time{} }, afterClose, Counting, nil},
	"nothing yet":       {func(f *Facts) { f.Result, f.Partitions = nil, nil }, opens.Add(-time.Hour), Waiting, nil},
	"opened, no bridge": {func(f *Facts) { f.Result, f.Partitions = nil, nil }, opens.Add(time.Hour), Delayed, []string{ReasonNeverReported}},
	"opened, no report yet": {func(f *Facts) { f.Result, f.Partitions, f.WatchedSince = nil, nil, opens.Add(time.Hour-rules.Patience) },
		opens.Add(time.Hour), Waiting, nil},
	"opened, no report for long": {func(f *Facts) {
		f.Result, f.Partitions, f.WatchedSince = nil, nil, opens.Add(time.Hour-rules.Patience-time.Second)
	}, opens.Add(time.Hour), Delayed, []string{ReasonNeverReported}},
	"votes, and no report yet": {func(f *Facts) { f.Partitions[1].Log, f.WatchedSince = nil, closes.Add(-time.Minute) },
		closes.Add(-time.Second), Counting, []string{ReasonNeverReported}},
	"closed, and no report yet": {func(f *Facts) { f.Partitions[1].Log, f.WatchedSince = nil, afterClose }, afterClose, Counting, []string{ReasonNeverReported}},
	"no hours, no bridge": {func(f *Facts) { f.Opens, f.Closes, f.Result, f.Partitions = time.Time{}, time.Time{}, nil, nil },
		afterClose, Waiting, nil},
	"opened, no vote yet": {func(f *Facts) {
		f.Result = nil
		f.Partitions[0].Log.ObservedAt, f.Partitions[1].Log.ObservedAt = opens.Add(time.Minute), opens.Add(time.Minute)
	}, opens.Add(time.Minute), Waiting, nil},
	"nobody voted":   {func(f *Facts) { f.Result = nil }, afterClose, Waiting, nil},
	"the first vote": {func(f *Facts) { f.Result = nil; f.Partitions[0].Settled.Next = 8 }, opens, Counting, nil},
}

// onKafka is what the bridge has not read, or what it found deleted.
var onKafka = map[string]situation{
	"a record on Kafka": {func(f *Facts) { f.Partitions[1].Log.LogEnd, f.Partitions[1].Log.LastStable = 11, 11 },
		afterClose, Counting, []string{ReasonOnTheWay}},
	"a record on Kafka for long": {func(f *Facts) {
		l := f.Partitions[1].Log
		l.LogEnd, l.LastStable, l.UnreadSince = 11, 11, afterClose.Add(-3*time.Minute)
	}, afterClose, Delayed, []string{ReasonUnread}},
	"a record on Kafka for long, and the bridge reads on": {func(f *Facts) {
		l := f.Partitions[1].Log
		l.LogEnd, l.LastStable, l.UnreadSince, l.ReadAt = 11, 11, afterClose.Add(-3*time.Minute), afterClose.Add(-10*time.Second)
	}, afterClose, Counting, []string{ReasonCatchingUp, ReasonOnTheWay}},
	"a record on Kafka for long, and nothing is read": {func(f *Facts) {
		l := f.Partitions[1].Log
		l.LogEnd, l.LastStable, l.UnreadSince, l.ReadAt = 11, 11, afterClose.Add(-4*time.Minute), afterClose.Add(-3*time.Minute)
	}, afterClose, Delayed, []string{ReasonUnread}},
	"an open transaction": {func(f *Facts) {
		l := f.Partitions[1].Log
		l.LogEnd, l.UnreadSince, l.Open = 21, afterClose.Add(-3*time.Minute), "dies"
	}, afterClose, Delayed, []string{ReasonOpenTransaction}},
	"an open transaction, new":       {func(f *Facts) { f.Partitions[1].Log.LogEnd = 21 }, afterClose, Counting, []string{ReasonOnTheWay}},
	"records that retention deleted": {func(f *Facts) { f.Partitions[1].Log.Deleted = 7100 }, afterClose, Counting, []string{ReasonDeletedUnread}},
	"records that retention deleted, while voting": {func(f *Facts) {
		f.Partitions[1].Log.Deleted = 7100
		f.Partitions[0].Log.ObservedAt, f.Partitions[1].Log.ObservedAt = opens, opens
	}, opens, Counting, []string{ReasonDeletedUnread}},
}

// beforeSettling is what was read, and no pass has settled.
var beforeSettling = map[string]situation{
	"a record in Pub/Sub": {func(f *Facts) { f.Partitions[0].Settled.Next = 8 }, afterClose, Counting, []string{ReasonOnTheWay}},
	"a missing record of which no report tells": {func(f *Facts) {
		f.Partitions = append(f.Partitions, Partition{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "before"}, Settled: &Settled{Next: 4, Last: 7, Balanced: true}})
	}, afterClose, Counting, []string{ReasonOnTheWay}},
	"a dead letter": {func(f *Facts) {
		f.Partitions[0].Settled.Next = 8
		f.Partitions[0].Log.UnsettledSince = closes
	}, afterClose, Delayed, []string{ReasonUnsettled}},
	"a backlog that passes go through": {func(f *Facts) {
		f.Partitions[0].Settled.Next = 2
		f.Partitions[0].Log.UnsettledSince, f.Partitions[0].Log.UnsettledFrom = afterClose.Add(-20*time.Minute), afterClose.Add(-6*time.Minute)
		f.Partitions[1].Settled.SettledAt = afterClose.Add(-210 * time.Second)
		f.Partitions[1].Settled.LastIngestedAt = afterClose.Add(-6 * time.Minute)
	}, afterClose, Counting, []string{ReasonCatchingUp, ReasonOnTheWay}},
	"a backlog, and no pass": {func(f *Facts) {
		f.Partitions[0].Settled.Next = 2
		f.Partitions[0].Log.UnsettledSince, f.Partitions[0].Log.UnsettledFrom = afterClose.Add(-20*time.Minute), afterClose.Add(-6*time.Minute)
		f.Partitions[1].Settled.SettledAt = afterClose.Add(-5 * time.Minute)
		f.Partitions[1].Settled.LastIngestedAt = afterClose.Add(-6 * time.Minute)
	}, afterClose, Delayed, []string{ReasonUnsettled}},
	"a dead letter, and passes of what came later": {func(f *Facts) {
		f.Partitions[0].Settled.Next = 8
		f.Partitions[0].Log.UnsettledSince, f.Partitions[0].Log.UnsettledFrom = afterClose.Add(-6*time.Minute), afterClose.Add(-6*time.Minute)
		f.Partitions[1].Settled.SettledAt = afterClose.Add(-30 * time.Second)
		f.Partitions[1].Settled.LastIngestedAt = afterClose.Add(-40 * time.Second)
	}, afterClose, Delayed, []string{ReasonUnsettled}},
	"a backlog beside what stands still": {func(f *Facts) {
		l := f.Partitions[1].Log
		l.LogEnd, l.LastStable, l.UnreadSince, l.ReadAt = 11, 11, afterClose.Add(-3*time.Minute), afterClose.Add(-10*time.Second)
		f.Partitions[0].Settled.Balanced = false
	}, afterClose, Delayed, []string{ReasonUnbalanced, ReasonCatchingUp}},
	"never settled": {func(f *Facts) { f.Partitions[0].Settled = nil }, afterClose, Counting, []string{ReasonOnTheWay}},
}

// checks are what else keeps a count from being complete.
var checks = map[string]situation{
	"the bridge is silent": {func(f *Facts) { f.Partitions[0].Log.ObservedAt = afterClose.Add(-121 * time.Second) },
		afterClose, Delayed, []string{ReasonSilent}},
	"checked too early": {func(f *Facts) { f.Partitions[0].Log.ObservedAt = closes.Add(5*time.Minute - time.Second) },
		closes.Add(6 * time.Minute), Counting, []string{ReasonUnchecked}},
	"a late record":           {func(f *Facts) { f.Partitions[0].Settled.LastIngestedAt = afterClose.Add(-time.Minute) }, afterClose, Counting, []string{ReasonNotQuiet}},
	"a partition is unknown":  {func(f *Facts) { f.Partitions = f.Partitions[:1] }, afterClose, Delayed, []string{ReasonNeverReported}},
	"a topic is unknown":      {func(f *Facts) { f.Topics = append(f.Topics, "voters") }, afterClose, Delayed, []string{ReasonNeverReported}},
	"the tables are unread":   {func(f *Facts) { f.UnreadableSince = afterClose.Add(-time.Second) }, afterClose, Delayed, []string{ReasonUnreadable}},
	"the books don't balance": {func(f *Facts) { f.Partitions[0].Settled.Balanced = false }, afterClose, Delayed, []string{ReasonUnbalanced}},
}

// newTopics are topics that were deleted and created again.
var newTopics = map[string]situation{
	"made anew, the old one counted": {func(f *Facts) {
		old := f.Partitions[0]
		log := *old.Log
		log.ObservedAt, log.LogEnd = opens, 99 // what it held then and nobody read is gone
		old.TopicID, old.Log = "before", &log
		f.Partitions = append(f.Partitions, old)
	}, afterClose, Complete, nil},
	"made anew, the old one on its way": {func(f *Facts) {
		old := f.Partitions[0]
		log := *old.Log
		log.ObservedAt = opens
		old.TopicID, old.Log, old.Settled = "before", &log, nil
		f.Partitions = append(f.Partitions, old)
	}, afterClose, Counting, []string{ReasonOnTheWay}},
	"made anew with fewer partitions": {func(f *Facts) {
		f.Partitions[1].Log.ObservedAt = opens // of the topic that was deleted
		f.Partitions[0].TopicID, f.Partitions[0].Log.Partitions = "b", 1
	}, afterClose, Complete, nil},
	"made anew, and one partition not reported yet": {func(f *Facts) {
		f.Partitions[1].Log.ObservedAt = opens
		f.Partitions[0].TopicID = "b"
	}, afterClose, Delayed, []string{ReasonSilent}},
}

// certifications are those of the result, of another one, and one that was taken back.
var certifications = map[string]situation{
	"certified": {func(f *Facts) {
		f.Certification = &Certification{Certified: true, Result: map[string]int64{"ana": 7, "ben": 5, "eve": 0}}
		f.Partitions[0].Log.ObservedAt = closes // paused since
	}, afterClose.Add(time.Hour), Certified, nil},
	"certified, and another vote since": {func(f *Facts) {
		f.Certification = &Certification{Certified: true, Result: map[string]int64{"ana": 6, "ben": 5}}
	}, afterClose, Complete, []string{ReasonCertificationOutdated}},
	"certified and taken back": {func(f *Facts) {
		f.Certification = &Certification{Certified: false, Result: map[string]int64{"ana": 7, "ben": 5}}
	}, afterClose, Complete, nil},
}
