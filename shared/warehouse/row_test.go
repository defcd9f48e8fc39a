package warehouse

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
)

var (
	rowTime   = time.Date(2026, 11, 3, 9, 30, 0, 123456000, time.UTC)
	rowOrigin = Origin{
		Position:  kafka.Position{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "id", Partition: 3}, Offset: 42},
		Timestamp: rowTime.Truncate(time.Millisecond), Follows: -1,
	}
)

const rowMicros = 1793698200123456

// readRow decodes a row as BigQuery would, by the descriptor. REQUIRED columns
// that are missing are an error.
func readRow(t *testing.T, table *rawTable, row []byte) map[string]any {
	t.Helper()
	message, err := rowMessage(TableNamed(table.id))
	if err != nil {
		t.Fatal(err)
	}
	m := dynamicpb.NewMessage(message)
	if err := proto.Unmarshal(row, m); err != nil {
		t.Fatalf("row of %s: %v", table.id, err)
	}
	if unknown := m.GetUnknown(); len(unknown) > 0 {
		t.Errorf("row of %s: fields that the descriptor doesn't have: %x", table.id, unknown)
	}
	got := map[string]any{}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		got[string(f.Name())] = v.Interface()
		return true
	})
	return got
}

func withOrigin(columns map[string]any) map[string]any {
	for name, v := range map[string]any{
		"kafka_topic": "votes", "kafka_topic_id": "id", "kafka_partition": int64(3), "kafka_offset": int64(42),
		"kafka_timestamp": int64(rowMicros - 456), "kafka_follows": int64(-1), "ingested_at": int64(rowMicros),
	} {
		columns[name] = v
	}
	return columns
}

func TestRows(t *testing.T) {
	votes, voters, rejects := rawVotes(), rawVoters(), rawRejects()
	tests := []struct {
		name  string
		table *rawTable
		row   []byte
		want  map[string]any
	}{
		{"vote", votes, votes.encoder.appendVote(nil, &VoteRow{
			Origin: rowOrigin, VoteID: "v", VoterKey: "k", Candidate: "c", CandidateImage: "i", VotedAt: rowTime, PollingStation: "s", CandidateText: "t",
		}, rowTime), map[string]any{
			"vote_id": "v", "voter_key": "k", "candidate": "c", "candidate_image": "i", "voted_at": int64(rowMicros), "polling_station": "s", "candidate_text": "t",
		}},
		{"least vote", votes, votes.encoder.appendVote(nil, &VoteRow{Origin: rowOrigin, VoterKey: "k", Candidate: "c", VotedAt: time.Unix(-1, 0)}, rowTime), map[string]any{
			"voter_key": "k", "candidate": "c", "voted_at": int64(-1_000_000),
		}},
		{"voter", voters, voters.encoder.appendVoter(nil, &VoterRow{
			Origin: rowOrigin, VoterKey: "k", Name: "n", Age: 0, State: "TX", AgeGroup: "18-24", Gender: "female",
			County: "c", Precinct: "p", RegistrationDate: -1, HasRegistration: true, StateText: "t",
		}, rowTime), map[string]any{
			"voter_key": "k", "name": "n", "age": int64(0), "state": "TX", "age_group": "18-24", "gender": "female",
			"county": "c", "precinct": "p", "registration_date": int32(-1), "state_text": "t",
		}},
		{"least voter", voters, voters.encoder.appendVoter(nil, &VoterRow{Origin: rowOrigin, VoterKey: "k", Age: -1, State: "TX", AgeGroup: "unknown", Gender: "unknown"}, rowTime), map[string]any{
			"voter_key": "k", "state": "TX", "age_group": "unknown", "gender": "unknown",
		}},
		{"reject", rejects, rejects.encoder.appendReject(nil, &RejectRow{
			Origin: rowOrigin, Reason: "r", Detail: "d", Key: []byte{}, Value: []byte("\x00\xff"), Bytes: 2,
		}, rowTime), map[string]any{
			"reason": "r", "detail": "d", "record_key": []byte{}, "record_value": []byte("\x00\xff"), "record_bytes": int64(2),
		}},
		{"rejected tombstone", rejects, rejects.encoder.appendReject(nil, &RejectRow{Origin: rowOrigin, Reason: "tombstone", Bytes: -1}, rowTime), map[string]any{
			"reason": "tombstone", "record_bytes": int64(-1),
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(withOrigin(tt.want), readRow(t, tt.table, tt.row)); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
		})
	}
}

// Every column that is written is in the schema file. Every column that the file requires is written.
func TestRowsFitTheSchema(t *testing.T) {
	optional := slices.DeleteFunc(slices.Clone(voteColumns), func(name string) bool { return name == "vote_id" })
	if _, err := newRawTable("raw.votes", originColumns, optional); err != nil {
		t.Errorf("a column that may be NULL isn't written by name: %v", err)
	}
	required := slices.DeleteFunc(slices.Clone(voteColumns), func(name string) bool { return name == "voter_key" })
	if _, err := newRawTable("raw.votes", originColumns, required); err == nil {
		t.Error("a required column that isn't written went unnoticed")
	}
	if _, err := newRawTable("raw.votes", originColumns, append([]string{"nope"}, voteColumns...)); err == nil {
		t.Error("a column that the schema doesn't have went unnoticed")
	}
}

func TestLogEndRow(t *testing.T) {
	table := rawLogEnds()
	row := LogEndRow{ObservedAt: rowTime, Partition: logends.Partition{
		TopicPartition: rowOrigin.TopicPartition, Partitions: 6, LogStart: 1, LastStable: 7, LogEnd: 9, Next: 6, LastRecord: -1, Deleted: 4, Open: "o",
	}}
	want := map[string]any{
		"kafka_topic": "votes", "kafka_topic_id": "id", "kafka_partition": int64(3), "partitions": int64(6),
		"log_start": int64(1), "last_stable": int64(7), "log_end": int64(9), "next_offset": int64(6), "last_record": int64(-1), "deleted": int64(4),
		"open_transactions": "o", "observed_at": int64(rowMicros), "ingested_at": int64(rowMicros),
	}
	if diff := cmp.Diff(want, readRow(t, table, table.encoder.appendLogEnd(nil, &row, rowTime))); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
}

func BenchmarkVoteRow(b *testing.B) {
	e := &rawVotes().encoder
	row := VoteRow{Origin: rowOrigin, VoteID: "0b6f3f6e-2f0a-4f0c-9a51-0a1b2c3d4e5f", VoterKey: "j097NJ7IwWwknxAqMnTJrA", Candidate: "rivera",
		CandidateImage: "https://randomuser.me/api/portraits/men/12.jpg", VotedAt: rowTime, PollingStation: "Station-7"}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = e.appendVote(buf[:0], &row, rowTime)
	}
	b.SetBytes(int64(len(buf)))
}
