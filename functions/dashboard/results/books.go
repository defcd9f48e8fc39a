package results

import (
	"maps"
	"slices"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// Books is the account of every record that was read. The figures at the top
// level are those of the votes.
type Books struct {
	Topic string `json:"topic"` // of the votes
	Account
	// Reconciled says that the tables agree with the books: each of Tables
	// holds as many votes as the books accepted.
	Reconciled bool             `json:"reconciled"`
	Tables     Tables           `json:"tables"`
	Topics     map[string]Topic `json:"topics"`
}

// Account says what became of a number of records.
type Account struct {
	Records   int64 `json:"records"`
	Accepted  int64 `json:"accepted"`
	Duplicate int64 `json:"duplicate"`
	Rejected  int64 `json:"rejected"`
	Pending   int64 `json:"pending"`
	Gaps      int64 `json:"gaps"`
	// Ahead are those of the accepted that bear a time more than a minute later
	// than their record was sent: a clock is wrong.
	Ahead int64 `json:"ahead"`
	// Balanced is worked out here, from the figures of each partition:
	// records = accepted + duplicate + rejected + pending.
	Balanced bool `json:"balanced"`
}

// Tables holds the votes that each analytics table adds up to.
type Tables struct {
	Candidates   int64 `json:"candidate_totals"`
	Regions      int64 `json:"regional_turnout"`
	Hours        int64 `json:"hourly_trends"`
	Demographics int64 `json:"demographic_analysis"`
}

// Topic is the account of one topic.
type Topic struct {
	Account
	// Reasons are the rejected records by reason, as the last pass left them.
	Reasons        map[string]int64 `json:"reasons"`
	LastIngestedAt *time.Time       `json:"last_ingested_at"`
	Partitions     []Partition      `json:"partitions"`
}

// Partition is the account of one partition. A topic that was made anew has
// another topic id, and its partitions are accounted for beside the old ones.
type Partition struct {
	Partition int64  `json:"partition"`
	TopicID   string `json:"topic_id"`
	Account
	FirstOffset    int64      `json:"first_offset"`
	NextOffset     int64      `json:"next_offset"` // end of the settled prefix, exclusive
	ReadOffset     int64      `json:"read_offset"` // end of the prefix that the figures have, exclusive
	LastOffset     int64      `json:"last_offset"`
	Watermark      *time.Time `json:"watermark"`
	LastIngestedAt *time.Time `json:"last_ingested_at"`
}

// NamedTopic is the account of a topic with its name.
type NamedTopic struct {
	Name string
	Topic
}

// InOrder lists the topics, that of the votes first.
func (b Books) InOrder() []NamedTopic {
	list := []NamedTopic{{b.Topic, b.Topics[b.Topic]}}
	for _, name := range slices.Sorted(maps.Keys(b.Topics)) {
		if name != b.Topic {
			list = append(list, NamedTopic{name, b.Topics[name]})
		}
	}
	return list
}

// add sums two accounts; the sum is balanced if both are.
func (a Account) add(b Account) Account {
	return Account{
		Records:   a.Records + b.Records,
		Accepted:  a.Accepted + b.Accepted,
		Duplicate: a.Duplicate + b.Duplicate,
		Rejected:  a.Rejected + b.Rejected,
		Pending:   a.Pending + b.Pending,
		Gaps:      a.Gaps + b.Gaps,
		Ahead:     a.Ahead + b.Ahead,
		Balanced:  a.Balanced && b.Balanced,
	}
}

// books makes the account. Topics that were never read have an empty one.
func books(s *snapshot.Snapshot, topics snapshot.Topics) Books {
	b := Books{Topic: topics.Votes, Topics: map[string]Topic{}}
	for _, name := range []string{topics.Votes, topics.Voters} {
		b.Topics[name] = Topic{Account: Account{Balanced: true}, Reasons: map[string]int64{}, Partitions: []Partition{}}
	}
	for _, row := range s.Books {
		p := partition(row)
		t, ok := b.Topics[row.Topic]
		if !ok {
			t.Balanced, t.Reasons = true, map[string]int64{}
		}
		t.Account = t.add(p.Account)
		t.Partitions = append(t.Partitions, p)
		if p.LastIngestedAt != nil && (t.LastIngestedAt == nil || p.LastIngestedAt.After(*t.LastIngestedAt)) {
			t.LastIngestedAt = p.LastIngestedAt
		}
		b.Topics[row.Topic] = t
	}
	for _, row := range s.Rejections {
		if t, read := b.Topics[row.Topic]; read {
			t.Reasons[row.Reason] = row.Records
		}
	}
	b.Account = b.Topics[topics.Votes].Account
	b.Tables = tables(s)
	b.Reconciled = b.Tables == Tables{b.Accepted, b.Accepted, b.Accepted, b.Accepted}
	return b
}

func partition(row snapshot.BookRow) Partition {
	return Partition{
		Partition: int64(row.Partition),
		TopicID:   row.TopicID,
		Account: Account{
			Records:   row.Records,
			Accepted:  row.Accepted,
			Duplicate: row.Duplicate,
			Rejected:  row.Rejected,
			Pending:   row.Pending,
			Gaps:      row.Gaps,
			Ahead:     row.Ahead,
			Balanced:  row.Balanced(),
		},
		FirstOffset:    row.FirstOffset,
		NextOffset:     row.NextOffset,
		ReadOffset:     row.ReadOffset,
		LastOffset:     row.LastOffset,
		Watermark:      instant(row.Watermark),
		LastIngestedAt: instant(row.LastIngestedAt),
	}
}

// tables adds up the votes of each table.
func tables(s *snapshot.Snapshot) Tables {
	var t Tables
	for _, row := range s.Candidates {
		t.Candidates += row.Votes
	}
	for _, row := range s.Regions {
		t.Regions += row.Voted
	}
	for _, row := range s.Hours {
		t.Hours += row.Votes
	}
	for _, row := range s.Demographics {
		t.Demographics += row.Voted
	}
	return t
}
