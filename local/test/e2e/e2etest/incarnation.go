package e2etest

import (
	"fmt"
	"testing"
	"time"

	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// A broker lost some offsets after they were read, and gave them to other votes. Both
// are counted, the newer ones as another incarnation of the partition, with a row of
// the books of their own, in whatever order the messages come. No offset is taken for
// missing, and no pass waits for one.
func incarnations(t *testing.T, w Warehouse) {
	h := NewHand(t, 1)
	l := NewLine(t, w, h.Fixture)
	noon := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	for i := range 10 {
		h.Register(fmt.Sprint("voter-", i), noon.Add(-time.Hour))
	}
	h.Flush()
	l.Drain()
	l.Deliver(l.Messages()...)

	voter := 0
	// votes are those of the next voters, at offsets from one up to, and without,
	// another.
	votes := func(topicID string, from, to, follows int64) Message {
		b := &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: topicID}, Follows: follows}
		for at := from; at < to; at++ {
			id := fmt.Sprint("voter-", voter)
			sent := noon.Add(time.Duration(voter) * time.Second)
			voter++
			b.Records = append(b.Records, recordbatch.Record{Offset: at, Timestamp: sent.UnixMilli(),
				Value: fmt.Appendf(nil, `{"voter_id": %q, "candidate": "a", "timestamp": %q}`, id, sent.Format(time.RFC3339))})
			h.Fixture.Ledger.AddVote(ledger.Vote{
				Position: ledger.At(kafka.TopicPartition{Topic: "votes", TopicID: topicID}, at, sent.UnixMilli()),
				VoterID:  id, Candidate: "a", VotedAt: sent.UnixMicro(),
			})
		}
		data, attributes, err := recordbatch.Encode(b)
		must(t, err)
		return Message{data, attributes}
	}
	id := h.ids["votes"]
	read := votes(id, 0, 4, -1)
	again, more := votes(id+"/7", 2, 5, -1), votes(id+"/7", 6, 8, 4)
	last := votes(id+"/9", 3, 4, -1)

	l.Deliver(read, more) // the new records' beginning comes last
	l.Pass()
	l.Deliver(again, again, last)
	l.PassUntilAll()
	l.Check()
	books := func(what string, want int64) {
		t.Helper()
		if got := l.Count("SELECT " + what + " FROM analytics.books WHERE kafka_topic = 'votes'"); got != want {
			t.Errorf("%s = %d, want %d", what, got, want)
		}
	}
	books("COUNT(*)", 3)
	books("SUM(accepted)", 10)
	books("SUM(duplicate)", 0)
	books("SUM(gaps)", 1) // offset 5
	books("SUM(next_offset)", 4+8+4)
}
