package countstate

import (
	"slices"
	"time"
)

// Reason says why a count isn't complete: what, of which topic, and since when.
type Reason struct {
	Code       string     `json:"code"`
	Topic      string     `json:"topic,omitempty"`
	Partitions []int32    `json:"partitions,omitempty"`
	Records    int64      `json:"records,omitempty"` // offsets: an upper bound of the records
	Since      *time.Time `json:"since,omitempty"`
	Detail     string     `json:"detail,omitempty"` // for operators
}

// Reasons for a delay.
const (
	// ReasonUnreadable: the tables can't be read.
	ReasonUnreadable = "unreadable"
	// ReasonNeverReported: the bridge has never reported a topic, or some of its
	// partitions. It delays a count that has been watched for longer than Rules.Patience.
	ReasonNeverReported = "never_reported"
	// ReasonSilent: the bridge hasn't reported a partition for longer than
	// Rules.Patience.
	ReasonSilent = "silent"
	// ReasonUnread: Kafka holds records that aren't read.
	ReasonUnread = "unread"
	// ReasonOpenTransaction: Kafka holds records that can't be read because a
	// transaction before them is open.
	ReasonOpenTransaction = "open_transaction"
	// ReasonUnsettled: records were read and aren't counted. They are in Pub/Sub,
	// among the dead letters, or in raw.
	ReasonUnsettled = "unsettled"
	// ReasonUnbalanced: the books of a partition don't balance.
	ReasonUnbalanced = "unbalanced"
)

// ReasonCatchingUp says that records have waited for longer than Rules.Patience, and are taken in
// their turn: the bridge reads on, or the passes settle what came before them.
const ReasonCatchingUp = "catching_up"

// Reasons why a count isn't complete yet although voting has closed and nothing is
// overdue.
const (
	// ReasonOnTheWay: records are on their way.
	ReasonOnTheWay = "on_the_way"
	// ReasonUnchecked: the bridge hasn't reported a partition at Rules.Quiet after the
	// closing time, or later.
	ReasonUnchecked = "unchecked"
	// ReasonNotQuiet: the last record arrived less than Rules.Quiet ago.
	ReasonNotQuiet = "not_quiet"
)

// ReasonDeletedUnread says that the broker deleted records before they were read. They are lost,
// so the count is never complete. A person may certify what there is.
const ReasonDeletedUnread = "deleted_unread"

// ReasonCertificationOutdated says that the result has changed since it was certified.
const ReasonCertificationOutdated = "certification_outdated"

// reasons has one reason for each code and topic.
type reasons []Reason

// add adds a partition to the reason of its topic. The reason's time is the earliest of
// its partitions, its detail that of the first which has one.
func (all *reasons) add(code string, p *Partition, records int64, since time.Time, detail string) {
	i := slices.IndexFunc(*all, func(r Reason) bool { return r.Code == code && r.Topic == p.Topic })
	if i < 0 {
		i = len(*all)
		*all = append(*all, Reason{Code: code, Topic: p.Topic})
	}
	r := &(*all)[i]
	if !slices.Contains(r.Partitions, p.Partition) {
		r.Partitions = append(r.Partitions, p.Partition)
	}
	r.Records += records
	if !since.IsZero() && (r.Since == nil || since.Before(*r.Since)) {
		since = since.UTC().Truncate(time.Second)
		r.Since = &since
	}
	if r.Detail == "" {
		r.Detail = detail
	}
}
