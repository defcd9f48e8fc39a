package dashboard

import (
	"fmt"
	"time"

	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/kafka"
)

// Standing is how the count stands, and the sentence that says so.
type Standing struct {
	countstate.State
	Text string `json:"text"`
}

// facts are what a snapshot knows of how the count stands.
func (c Config) facts(s *Snapshot) *countstate.Facts {
	f := &countstate.Facts{
		Opens: c.Election.Opens, Closes: c.Election.Closes,
		Topics:        []string{c.Topics.Votes, c.Topics.Voters},
		Result:        map[string]int64{},
		Certification: s.Certified,
	}
	for _, row := range s.Candidates {
		f.Result[row.ID] += row.Votes
	}
	type key struct {
		topic, id string
		partition int64
	}
	at := map[key]int{}
	part := func(k key) *countstate.Partition {
		i, ok := at[k]
		if !ok {
			i = len(f.Partitions)
			at[k] = i
			f.Partitions = append(f.Partitions, countstate.Partition{TopicPartition: kafka.TopicPartition{Topic: k.topic, TopicID: k.id, Partition: int32(k.partition)}})
		}
		return &f.Partitions[i]
	}
	for i := range s.Logs {
		row := &s.Logs[i]
		part(key{row.Topic, row.TopicID, row.Partition}).Log = &row.Log
	}
	for i := range s.Books {
		row := &s.Books[i]
		if row.Topic == c.Topics.Votes {
			f.Pending += row.Pending
		}
		part(key{row.Topic, row.TopicID, row.Partition}).Settled = &countstate.Settled{
			Next: row.NextOffset, Last: row.LastOffset, LastIngestedAt: row.LastIngestedAt, Balanced: partition(*row).Balanced,
		}
	}
	return f
}

// State works out how the count of a snapshot stands at a time.
func (c Config) State(s *Snapshot, now time.Time) countstate.State {
	return c.facts(s).At(now, c.rules())
}

// unreadable is the state of a snapshot since which the tables can't be read.
func (c Config) unreadable(s *Snapshot, since, now time.Time) countstate.State {
	f := c.facts(s)
	f.UnreadableSince = since
	return f.At(now, c.rules())
}

// Standing is the state of a snapshot at a time, with the sentence that says so.
func (c Config) Standing(s *Snapshot, now time.Time) Standing { return stand(c.State(s, now)) }

func (c Config) rules() countstate.Rules {
	return countstate.Rules{Quiet: c.FinalAfter, Patience: c.DelayedAfter}
}

// stand puts a state into a sentence for the public: its first reason, in their
// words, with the records of every topic that has it. All reasons stand in the
// document.
func stand(s countstate.State) Standing {
	if s.Is(countstate.Certified) {
		return Standing{s, words.say("standing.certified", "time", moment(&s.Certification.At), "by", s.Certification.By)}
	}
	if len(s.Reasons) == 0 && s.Is(countstate.Complete) && s.Pending > 0 {
		return Standing{s, words.say("standing.complete.pending", "votes", words.count(s.Pending, "votes"))}
	}
	if len(s.Reasons) == 0 {
		return Standing{s, words.say("standing." + string(s.Name))}
	}
	first := s.Reasons[0]
	if first.Code == countstate.ReasonCertificationOutdated && len(s.Reasons) > 1 {
		first = s.Reasons[1]
	}
	since, records := none, int64(0)
	if first.Since != nil {
		since = moment(first.Since)
	}
	for _, r := range s.Reasons { // of both topics
		if r.Code == first.Code {
			records += r.Records
		}
	}
	return Standing{s, words.say(fmt.Sprintf("standing.%s.%s", s.Name, first.Code),
		"records", words.count(records, "records"), "time", since)}
}
