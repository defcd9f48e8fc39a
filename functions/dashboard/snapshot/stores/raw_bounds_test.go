package stores

import (
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/postgres"
)

// Of each topic raw is read from the least settled offset of its partitions on. While a
// partition isn't known, raw is read from the first record on.
func TestBounds(t *testing.T) {
	part := func(n int32) kafka.TopicPartition {
		return kafka.TopicPartition{Topic: "votes", TopicID: "v", Partition: n}
	}
	s := &snapshot.Snapshot{Books: []snapshot.BookRow{
		{TopicPartition: part(0), NextOffset: 90, LastIngestedAt: at(13, 40)},
		{TopicPartition: part(1), NextOffset: 70, LastIngestedAt: at(13, 50)},
		{TopicPartition: kafka.TopicPartition{Topic: "voters"}, NextOffset: 20},
	}}
	topics := snapshot.Topics{Votes: "votes", Voters: "voters"}
	large := backlog{mostUnsettled, never}
	if got, want := boundsOf(topics, nil, nil, time.Time{}, large), (bounds{floor: never, until: forever}); got != want {
		t.Errorf("bounds of the first read %+v, want everything", got)
	}
	if got, want := boundsOf(topics, s, nil, time.Time{}, large), (bounds{floor: at(13, 0), until: forever, votesFrom: 70, votersFrom: 20}); got != want {
		t.Errorf("bounds %+v, want %+v", got, want)
	}
	if got, want := boundsOf(topics, s, nil, at(9, 5), large).floor, at(8, 0); !got.Equal(want) {
		t.Errorf("reads from %v while records wait for one that is missing, want from %v", got, want)
	}
	log := snapshot.LogRow{TopicPartition: part(2)}
	if got := boundsOf(topics, s, []snapshot.LogRow{log}, time.Time{}, large).votesFrom; got != 0 {
		t.Errorf("votes from %d with a partition that no pass has seen, want from 0", got)
	}
	log.Next = mostUnsettled + 1
	if got := boundsOf(topics, s, []snapshot.LogRow{log}, time.Time{}, large).until; !got.Equal(time.Unix(0, 0)) {
		t.Errorf("reads up to %v over a backlog of more than a pass, want nothing", got)
	}
	for shown, want := range map[time.Time]time.Time{at(13, 55): at(13, 55), at(13, 50): never, at(13, 45): never} {
		if got := boundsOf(topics, s, []snapshot.LogRow{log}, time.Time{}, backlog{postgres.MostLive, shown}).until; !got.Equal(want) {
			t.Errorf("reads up to %v over a backlog with what was shown up to %v, want %v", got, shown, want)
		}
	}
}
