package simulate

import (
	"strconv"
	"time"

	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/election"
)

// JSON is appended by hand: encoding/json would take more processor time than
// everything that a benchmark measures. Texts of an election file are escaped once,
// when the electorate is made; all others need no escaping.

// form is how a vote is written. Producers write votes in different forms.
type form struct {
	name     uint8 // how the candidate is named: 0 as usual, else a spelling
	when     uint8 // how the timestamp is written
	wrap     uint8 // what the object is wrapped in
	votedAt  bool  // the field is voted_at, not timestamp
	reversed bool  // fields in another order, with one that nobody knows, and an image of another host
}

const (
	naive    = iota // 2026-11-03T08:15:30.123456, as Python's isoformat
	spaced          // 2026-11-03 08:15:30.123456
	zulu            // 2026-11-03T08:15:30.123456Z
	offset          // 2026-11-03T03:15:30.123456-05:00
	zoned           // 2026-11-03T03:15:30.123456-05:00[America/Chicago], as Java's ZonedDateTime
	golang          // 2026-11-03 08:15:30.123456 +0000 UTC, as Go's Time.String
	epoch           // 1793693730123456, microseconds since 1970
	writings = iota
)

// wraps are what an object may be wrapped in: the text before and after it.
var wraps = [...][2]string{
	{},
	{"\xef\xbb\xbf", ""},               // a byte order mark
	{"\x00\x00\x00\x00\x07", ""},       // Confluent's wire format, with a schema's id
	{`{"schema":null,"payload":`, "}"}, // Kafka Connect
	{`{"before":null,"after":`, `,"source":{"table":"votes"},"op":"c"}`}, // Debezium
	{`{"specversion":"1.0","id":"1","source":"/polls","type":"vote","data":`, "}"},
}

func drawForm(d *draws) (f form) {
	n := d.next()
	if n&0xf == 0 {
		f.name = uint8(1 + n>>8&0x7)
	}
	if n>>16&0x7 == 0 {
		f.when = uint8(n >> 20 % writings)
	}
	f.votedAt = n>>32&0x1f == 0
	f.reversed = n>>40&0x1f == 0
	if n>>48&0x1f == 0 {
		f.wrap = uint8(n >> 53 % uint64(len(wraps)))
	}
	return f
}

// form draws how a vote is written. The draw is made in any case, so that a plain
// simulation has the same votes.
func (s *Simulation) form(d *draws) form {
	drawn := drawForm(d)
	if s.options.Plain {
		return form{}
	}
	return drawn
}

// name is how the ballot's record names the candidate.
func (c *contender) name(b *ballot) string {
	if b.form.name == 0 || len(c.spellings) == 0 {
		return c.sent
	}
	return c.spellings[int(b.form.name)%len(c.spellings)]
}

// appendVote writes a vote with an image of the candidate, or none.
func appendVote(b []byte, v *ledger.Vote, candidate, image string, at time.Time, f form) []byte {
	b = append(append(b, wraps[f.wrap][0]...), '{')
	if f.reversed {
		b = append(b, `"source":{"machine":7,"firmware":"2.1"},"polling_station": "`...)
		b = append(b, v.Station...)
		b = append(b, `", `...)
	}
	b = append(b, `"vote_id":"`...)
	b = append(b, v.VoteID...)
	b = append(b, `","voter_id":"`...)
	b = append(b, v.VoterID...)
	b = append(b, `","candidate":"`...)
	b = append(b, candidate...)
	if image != "" {
		b = append(b, `","candidate_image":"`...)
		b = append(b, image...)
	}
	if f.votedAt {
		b = append(b, `","voted_at":"`...)
	} else {
		b = append(b, `","timestamp":"`...)
	}
	b = appendTime(b, at, f.when)
	if !f.reversed {
		b = append(b, `","polling_station":"`...)
		b = append(b, v.Station...)
	}
	return append(append(b, `"}`...), wraps[f.wrap][1]...)
}

func appendTime(b []byte, t time.Time, writing uint8) []byte {
	const away = -5 * time.Hour
	switch writing {
	case offset, zoned:
		t = t.Add(away)
	case epoch:
		return strconv.AppendInt(b, t.UnixMicro(), 10)
	}
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	between := byte('T')
	if writing == spaced || writing == golang {
		between = ' '
	}
	micros := t.Nanosecond() / 1000
	b = append(strconv.AppendInt(b, int64(year), 10), '-')
	b = append(append2(b, int(month)), '-')
	b = append(append2(b, day), between)
	b = append(append2(b, hour), ':')
	b = append(append2(b, minute), ':')
	b = append(append2(b, second), '.')
	b = append2(append2(append2(b, micros/10000), micros/100%100), micros%100)
	switch writing {
	case zulu:
		b = append(b, 'Z')
	case offset:
		b = append(b, "-05:00"...)
	case zoned:
		b = append(b, "-05:00[America/Chicago]"...)
	case golang:
		b = append(b, " +0000 UTC"...)
	}
	return b
}

func append2(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

// id is the vote's id: 16 hexadecimal digits.
func (b *ballot) id() string {
	const digits = "0123456789abcdef"
	var id [16]byte
	n := b.number
	for i := range id {
		id[i] = digits[n&0xf]
		n >>= 4
	}
	return string(id[:])
}

func (e *electorate) appendVoter(b []byte, p person) []byte {
	r := &e.regions[p.region]
	b = append(b, `{"voter_id":"`...)
	b = append(b, voterID(p.number)...)
	b = append(b, `","name":"`...)
	b = append(b, firstNames[p.first]...)
	b = append(b, ' ')
	b = append(b, lastNames[p.last]...)
	if p.age != election.NoAge {
		b = append(b, `","age":`...)
		b = strconv.AppendInt(b, int64(p.age), 10)
		b = append(b, `,"gender":"`...)
	} else {
		b = append(b, `","gender":"`...)
	}
	b = append(b, genders[p.gender].sent...)
	b = append(b, `","state":"`...)
	b = append(b, r.name(p)...)
	b = append(b, `","county":"`...)
	b = append(b, r.counties[p.county]...)
	if precinct := precinct(p); precinct != "" {
		b = append(b, `","precinct":"`...)
		b = append(b, precinct...)
	}
	b = append(b, `","registration_date":"`...)
	b = strconv.AppendInt(b, int64(p.registered.Year), 10)
	b = append(append2(append(b, '-'), int(p.registered.Month)), '-')
	return append(append2(b, p.registered.Day), `"}`...)
}

// name is how the person's record names the region.
func (g *region) name(p person) string {
	if p.number%16 != 0 || len(g.spelling) == 0 {
		return g.sent
	}
	return g.spelling[p.number/16%len(g.spelling)]
}
