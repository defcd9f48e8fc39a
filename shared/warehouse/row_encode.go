package warehouse

import (
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// The Storage Write API takes rows as protobuf messages. They are encoded by hand, which
// takes a tenth of the time of a dynamic message. Field numbers and descriptors come from
// the schema files.

// column is the field number of a table's column in its descriptor.
type column = protowire.Number

var (
	originColumns = []string{
		"kafka_topic", "kafka_topic_id", "kafka_partition", "kafka_offset", "kafka_timestamp", "kafka_follows", "ingested_at",
	}
	voteColumns = []string{
		"vote_id", "voter_key", "candidate", "candidate_image", "voted_at", "polling_station", "candidate_text",
	}
	voterColumns = []string{
		"voter_key", "name", "age", "state", "age_group", "gender", "county", "precinct", "registration_date", "state_text",
	}
	rejectColumns = []string{
		"reason", "detail", "record_key", "record_value", "record_bytes",
	}
	logEndColumns = []string{
		"kafka_topic", "kafka_topic_id", "kafka_partition", "partitions", "log_start", "last_stable", "log_end",
		"next_offset", "last_record", "deleted", "open_transactions", "observed_at", "ingested_at",
	}
)

// WrittenColumns returns the columns of a raw table (raw.votes) that this program writes by
// name, in the order in which encoders write them.
func WrittenColumns(id string) []string {
	switch id {
	case "raw.votes":
		return slices.Concat(originColumns, voteColumns)
	case "raw.voters":
		return slices.Concat(originColumns, voterColumns)
	case "raw.rejects":
		return slices.Concat(originColumns, rejectColumns)
	case "raw.log_ends":
		return slices.Clone(logEndColumns)
	}
	panic(fmt.Sprintf("warehouse: no raw table %q", id))
}

// rowEncoder writes rows of one table.
type rowEncoder struct {
	origin [7]column  // in the order of originColumns, if the table has these
	own    [13]column // in the order of the table's list above
}

// appendOrigin writes originColumns.
func (e *rowEncoder) appendOrigin(b []byte, o *Origin, ingestedAt time.Time) []byte {
	c := &e.origin
	b = appendString(b, c[0], o.Topic)
	b = appendString(b, c[1], o.TopicID)
	b = appendInt(b, c[2], int64(o.Partition))
	b = appendInt(b, c[3], o.Offset)
	b = appendInt(b, c[4], o.Timestamp.UnixMicro())
	b = appendInt(b, c[5], o.Follows)
	return appendInt(b, c[6], ingestedAt.UnixMicro())
}

func (e *rowEncoder) appendVote(b []byte, v *VoteRow, ingestedAt time.Time) []byte {
	c := &e.own
	b = e.appendOrigin(b, &v.Origin, ingestedAt)
	b = appendNullable(b, c[0], v.VoteID)
	b = appendString(b, c[1], v.VoterKey)
	b = appendString(b, c[2], v.Candidate)
	b = appendNullable(b, c[3], v.CandidateImage)
	b = appendInt(b, c[4], v.VotedAt.UnixMicro())
	b = appendNullable(b, c[5], v.PollingStation)
	return appendNullable(b, c[6], v.CandidateText)
}

func (e *rowEncoder) appendVoter(b []byte, v *VoterRow, ingestedAt time.Time) []byte {
	c := &e.own
	b = e.appendOrigin(b, &v.Origin, ingestedAt)
	b = appendString(b, c[0], v.VoterKey)
	b = appendNullable(b, c[1], v.Name)
	if v.Age >= 0 {
		b = appendInt(b, c[2], v.Age)
	}
	b = appendString(b, c[3], v.State)
	b = appendString(b, c[4], v.AgeGroup)
	b = appendString(b, c[5], v.Gender)
	b = appendNullable(b, c[6], v.County)
	b = appendNullable(b, c[7], v.Precinct)
	if v.HasRegistration {
		b = appendInt(b, c[8], int64(v.RegistrationDate))
	}
	return appendNullable(b, c[9], v.StateText)
}

func (e *rowEncoder) appendReject(b []byte, r *RejectRow, ingestedAt time.Time) []byte {
	c := &e.own
	b = e.appendOrigin(b, &r.Origin, ingestedAt)
	b = appendString(b, c[0], r.Reason)
	b = appendNullable(b, c[1], r.Detail)
	b = appendBytes(b, c[2], r.Key)
	b = appendBytes(b, c[3], r.Value)
	return appendInt(b, c[4], r.Bytes)
}

func (e *rowEncoder) appendLogEnd(b []byte, r *LogEndRow, ingestedAt time.Time) []byte {
	c := &e.own
	b = appendString(b, c[0], r.Topic)
	b = appendString(b, c[1], r.TopicID)
	for i, v := range [...]int64{
		int64(r.Partition.TopicPartition.Partition), int64(r.Partitions), r.LogStart, r.LastStable, r.LogEnd, r.Next, r.LastRecord, r.Deleted,
	} {
		b = appendInt(b, c[2+i], v)
	}
	b = appendNullable(b, c[10], r.Open)
	b = appendInt(b, c[11], r.ObservedAt.UnixMicro())
	return appendInt(b, c[12], ingestedAt.UnixMicro())
}

func appendString(b []byte, c column, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, c, protowire.BytesType), s)
}

func appendNullable(b []byte, c column, s string) []byte {
	if s == "" {
		return b
	}
	return appendString(b, c, s)
}

func appendBytes(b []byte, c column, s []byte) []byte {
	if s == nil {
		return b
	}
	return protowire.AppendBytes(protowire.AppendTag(b, c, protowire.BytesType), s)
}

func appendInt(b []byte, c column, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, c, protowire.VarintType), uint64(v))
}
