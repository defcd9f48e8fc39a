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
	// ReasonNeverReported: the bridge has never said how far a topic, or some of its
	// partitions, reach on Kafka.
	ReasonNeverReported = "never_reported"
	// ReasonSilent: the bridge hasn't said it for a while.
	ReasonSilent = "silent"
	// ReasonUnread: records lie on Kafka and aren't read.
	ReasonUnread = "unread"
	// ReasonOpenTransaction: records lie on Kafka behind a transaction that
	// somebody left open.
	ReasonOpenTransaction = "open_transaction"
	// ReasonUnsettled: records were read and aren't counted. They are in Pub/Sub,
	// among the dead letters, or wait for a pass.
	ReasonUnsettled = "unsettled"
	// ReasonUnbalanced: the books of a partition don't balance.
	ReasonUnbalanced = "unbalanced"
)

// Reasons why a count isn't complete yet, though voting has closed and nothing is
// late.
const (
	// ReasonOnTheWay: records are on their way.
	ReasonOnTheWay = "on_the_way"
	// ReasonUnchecked: Kafka wasn't looked at since Quiet after the closing time.
	ReasonUnchecked = "unchecked"
	// ReasonNotQuiet: records still came within Quiet.
	ReasonNotQuiet = "not_quiet"
)

// ReasonDeletedUnread says that the broker deleted records before anyone read them. They are
// lost, so the count never is complete; a person may certify what there is.
const ReasonDeletedUnread = "deleted_unread"

// ReasonCertificationOutdated says that the result isn't any more the one that was
// certified.
const ReasonCertificationOutdated = "certification_outdated"

// reasons collects reasons, one for each code and topic.
type reasons []Reason

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
