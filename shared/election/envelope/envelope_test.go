package envelope_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/election/envelope"
	"github.com/tallystream/tallystream/shared/election/rejection"
	"github.com/tallystream/tallystream/shared/jsonobject"
)

const (
	plainVote = `{"vote_id":"b-1","voter_id":"p","candidate":"José","timestamp":"2026-11-03T09:30:00Z","when":{"a":1}}`
	// wireHead is Confluent's: a zero byte and schema id 1234.
	wireHead = "\x00\x00\x00\x04\xd2"
)

func inUTF16(s string, order binary.AppendByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// Forms of a record that hold plainVote.
var wrapped = []struct{ name, value string }{
	{"byte order mark", "\ufeff" + plainVote},
	{"blanks and a byte order mark", " \r\n\ufeff " + plainVote},
	{"UTF-16, little end first", "\xff\xfe" + inUTF16(plainVote, binary.LittleEndian)},
	{"UTF-16, big end first", "\xfe\xff" + inUTF16(plainVote, binary.BigEndian)},
	{"wire format", wireHead + plainVote},
	{"wire format, byte order mark", wireHead + "\ufeff" + plainVote},
	{"wire format of Apicurio", "\x00\x00\x00\x00\x00\x00\x00\x04\xd2" + plainVote},
	{"wire format of AWS Glue", "\x03\x000123456789abcdef" + plainVote},
	{"Connect", `{"schema":{"type":"struct","fields":[{"field":"voter_id","type":"string"}]},"payload":` + plainVote + `}`},
	{"Connect without a schema", `{"payload":` + plainVote + `,"schema":null}`},
	{"Connect around a text", `{"schema":{"type":"string"},"payload":` + quoted(plainVote) + `}`},
	{"Debezium, created", `{"before":null,"after":` + plainVote + `,"source":{"table":"votes"},"op":"c","ts_ms":1793698200000,"transaction":null}`},
	{"Debezium, read in a snapshot", `{"before":null,"after":` + plainVote + `,"op":"r"}`},
	{"Debezium, updated", `{"before":{"voter_id":"q"},"after":` + plainVote + `,"op":"u"}`},
	{"Debezium of MongoDB", `{"after":` + quoted(plainVote) + `,"op":"c"}`},
	{"Debezium in Connect", `{"schema":{},"payload":{"before":null,"after":` + plainVote + `,"op":"c"}}`},
	{"Debezium in Connect in the wire format", wireHead + `{"schema":{},"payload":{"before":null,"after":` + plainVote + `,"op":"c"}}`},
	{"CloudEvent", `{"specversion":"1.0","id":"1","source":"/polls","type":"vote","datacontenttype":"application/json","data":` + plainVote + `}`},
	{"CloudEvent around a text", `{"specversion":"1.0","id":"1","source":"/polls","type":"vote","data":` + quoted(plainVote) + `}`},
	{"CloudEvent in base64", `{"specversion":"1.0","id":"1","source":"/polls","type":"vote","data_base64":"` + base64.StdEncoding.EncodeToString([]byte(plainVote)) + `"}`},
	{"CloudEvent in base64, wire format", `{"specversion":"1.0","data_base64":"` + base64.StdEncoding.EncodeToString([]byte(wireHead+plainVote)) + `"}`},
	{"CloudEvent around Connect around Debezium", `{"specversion":"1.0","data":{"schema":{},"payload":{"op":"c","before":null,"after":` + plainVote + `}}}`},
	{"encoded twice", quoted(plainVote)},
	{"encoded three times", quoted(quoted(plainVote))},
	{"encoded twice, byte order mark", "\ufeff" + quoted(plainVote)},
	{"encoded twice, byte order mark inside", quoted("\ufeff" + plainVote)},
}

// read returns the members of a record's object, and the object.
func read(value string) (map[string]jsonobject.Value, envelope.Object, *rejection.Rejection) {
	members := map[string]jsonobject.Value{}
	o, r := envelope.Read([]byte(value), func(name string, v jsonobject.Value) { members[name] = v }, func() { clear(members) })
	return members, o, r
}

func TestRead(t *testing.T) {
	want, o, r := read(plainVote)
	if r != nil || o != (envelope.Object{Text: plainVote}) || want["voter_id"].Text != "p" || len(want) != 5 {
		t.Fatalf("the plain vote: %+v, %+v, %v", want, o, r)
	}
	for _, tt := range wrapped {
		t.Run(tt.name, func(t *testing.T) {
			got, o, r := read(tt.value)
			if r != nil {
				t.Fatalf("rejected: %v", r)
			}
			if diff := cmp.Diff(envelope.Object{Text: plainVote, Wrapped: true}, o); diff != "" {
				t.Errorf("object (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

// An object with a voter's id is a record, whatever else stands in it.
func TestRecordsThatLookLikeEnvelopes(t *testing.T) {
	for _, more := range []string{
		`"schema":{},"payload":{"voter_id":"x"}`, `"op":"d","before":{},"after":null`, `"specversion":"1.0","data":{"voter_id":"x"}`, `"__deleted":"false","__op":"u"`,
	} {
		text := `{` + more + `,"voter_id":"p"}`
		f, o, r := read(text)
		if r != nil || o != (envelope.Object{Text: text}) || f["voter_id"].Text != "p" {
			t.Errorf("with %s: %+v, %+v, %v", more, f, o, r)
		}
	}
}

func TestFormsThatAreRefused(t *testing.T) {
	const malformed, unsupported = rejection.MalformedJSON, rejection.UnsupportedFormat
	const noRegistry = " in the wire format of a schema registry, with schema id 1234; there is no registry here to ask: " +
		"let the producer send JSON (a serializer of JSON or of JSON Schema, or Connect's JsonConverter)"
	const python = "it is written as Python prints a dict; write it with json.dumps"
	const deleted = "the record says that a row was deleted: what was cast or registered can't be deleted, so it changes nothing"
	tests := []struct{ name, value, reason, detail string }{
		// Schema registries.
		{"Avro", wireHead + "\x06b-1\x02p\x0cRivera", unsupported, "the record is Avro" + noRegistry},
		{"Avro, a union", wireHead + "\x02\x06b-1\x00\x02p", unsupported, "the record is Avro" + noRegistry},
		{"Protobuf, the first message", wireHead + "\x00\x0a\x03b-1\x12\x01p\x1a\x06Rivera", unsupported, "the record is Protobuf" + noRegistry},
		{"Protobuf, a message inside", wireHead + "\x04\x02\x00\x0a\x03b-1\x20\x96\x01", unsupported, "the record is Protobuf" + noRegistry},
		{"Avro of AWS Glue", "\x03\x000123456789abcdef\x06b-1", unsupported, "the record is binary; if it is in the wire format of AWS Glue, " +
			"its schema version is 30313233343536373839616263646566: let the producer send JSON, not compressed by the serializer"},
		{"a zero byte", "\x00", unsupported, "the record begins with a zero byte and has 1 bytes: it is neither JSON nor a schema registry's wire format"},
		{"broken JSON in the wire format", wireHead + `{"voter_id"`, malformed, "expected a colon after the name at byte 11: the record was cut off, or isn't finished"},

		// Change events.
		{"Debezium, deleted", `{"before":` + plainVote + `,"after":null,"op":"d"}`, rejection.Deletion, deleted},
		{"Debezium, deleted, in Connect", `{"schema":{},"payload":{"before":` + plainVote + `,"after":null,"op":"d"}}`, rejection.Deletion, deleted},
		{"Debezium, truncated", `{"before":null,"op":"t"}`, rejection.Deletion, deleted},
		{"Debezium, without its envelope", plainVote[:len(plainVote)-1] + `,"__deleted":"true"}`, rejection.Deletion, deleted},
		{"Debezium, without its envelope, by op", plainVote[:len(plainVote)-1] + `,"__op":"d"}`, rejection.Deletion, deleted},
		{"Debezium, a message", `{"before":null,"op":"m","message":{}}`, unsupported, `the record is a change event of Debezium with op "m": c, r and u are read`},
		{"Debezium without a row", `{"before":null,"after":null,"op":"c"}`, rejection.Tombstone, "the record is a change event of Debezium, and its after is null: it holds nothing"},
		{"Connect's tombstone", `{"schema":null,"payload":null}`, rejection.Tombstone, "the record is an envelope of Kafka Connect, and its payload is null: it holds nothing"},
		{"Connect around a number", `{"schema":{},"payload":7}`, malformed, "the record is an envelope of Kafka Connect, and its payload is a number, not an object"},

		// CloudEvents.
		{"CloudEvent without data", `{"specversion":"1.0","id":"1"}`, rejection.Tombstone, "the record is a CloudEvent, and its data is null: it holds nothing"},
		{"CloudEvent around a list", `{"specversion":"1.0","data":[1]}`, malformed, "the record is a CloudEvent, and its data is an array, not an object"},
		{"CloudEvent, base64 of another alphabet", `{"specversion":"1.0","data_base64":"_-_"}`, malformed, "the record is a CloudEvent, and its data_base64 isn't base64"},
		{"CloudEvent of Avro", `{"specversion":"1.0","datacontenttype":"avro/binary","data_base64":"BmItMQ=="}`, unsupported,
			`the record is binary, such as Avro or Protobuf without a head, and no text: send JSON (datacontenttype is "avro/binary")`},
		{"CloudEvents in a batch", `[{"specversion":"1.0"}]`, malformed, "the record is an array, not an object: send each element as a record of its own"},

		// Encodings.
		{"a byte order mark alone", "\ufeff \n", rejection.EmptyRecord, "the record's value is empty"},
		{"UTF-16 without its mark", inUTF16(plainVote, binary.LittleEndian), unsupported, "the record is written in UTF-16, without the mark that says so: send UTF-8"},
		{"UTF-16 without its mark, big end first", inUTF16(plainVote, binary.BigEndian), unsupported, "the record is written in UTF-16, without the mark that says so: send UTF-8"},
		{"UTF-16, cut off", "\xff\xfe{", malformed, "the record is written in UTF-16 and has half a character at its end: it was cut off"},
		{"UTF-16 of nothing", "\xff\xfe \x00", rejection.EmptyRecord, "the record's value is empty"},
		{"UTF-32", "\xff\xfe\x00\x00{\x00\x00\x00", unsupported, "the record is written in UTF-32: send UTF-8"},
		{"Latin-1", "{\"candidate\":\"Jos\xe9\"}", malformed, "invalid UTF-8 at byte 17: byte 0xE9 looks like Latin-1 or Windows-1252; encode the record in UTF-8"},
		{"gzip", "\x1f\x8b\x08\x00", unsupported, "the record is gzip, compressed by the producer's own code: send JSON, and let Kafka compress it (compression.type)"},
		{"a Java object", "\xac\xed\x00\x05sr", unsupported, "the record is a serialized Java object: send JSON"},
		{"a pickle", "\x80\x04\x95", unsupported, "the record is a Python pickle: send JSON"},
		{"Avro without a head", "\x06b-1", unsupported, "the record is binary, such as Avro or Protobuf without a head, and no text: send JSON"},
		{"an Avro file", "Obj\x01\x04", unsupported, "the record is an Avro file: send JSON"},
		{"XML", "<vote/>", unsupported, "the record is XML or HTML: send JSON"},

		// What isn't JSON, and almost is.
		{"several in one record", plainVote + "\n" + plainVote, malformed, "text after the value at byte 103: another value follows the first; send each as a record of its own"},
		{"a list of votes", "[" + plainVote + "]", malformed, "the record is an array, not an object: send each element as a record of its own"},
		{"Python's repr", `{'voter_id': 'p'}`, malformed, "expected a name in double quotes at byte 1: " + python},
		{"Python's None", `{"voter_id": "p", "age": None}`, malformed, "expected a value at byte 25: " + python},
		{"NaN", `{"voter_id":NaN}`, malformed, "expected a value at byte 12: JSON has no NaN; leave the field out, or send null"},
		{"-Infinity", `{"voter_id":-Infinity}`, malformed, "expected a digit at byte 13: JSON has no Infinity; leave the field out, or send null"},
		{"undefined", `{"voter_id":undefined}`, malformed, "expected a value at byte 12: JSON has no undefined; leave the field out, or send null"},
		{"JavaScript's text of an object", `[object Object]`, malformed, "expected a value at byte 1: JavaScript made a text of an object; write it with JSON.stringify"},
		{"JavaScript's names", `{voter_id: "p"}`, malformed, "expected a name in double quotes at byte 1: names of fields stand in double quotes"},
		{"Java's Map", `{voter_id=p, at=09:30}`, malformed, "expected a name in double quotes at byte 1: it is written as Java prints a Map; write it with a JSON library"},
		{"Go's map", `map[voter_id:p]`, malformed, "expected a value at byte 0: it is written as Go prints a map; write it with encoding/json"},
		{"a comma too many", `{"a":1,}`, malformed, "expected a name in double quotes at byte 7: take away the comma before it"},
		{"a comment", `{ // the vote`, malformed, "expected a name in double quotes at byte 2: JSON has no comments"},
		{"cut off", `{"voter_id":"p","cand`, malformed, "text without its closing quote at byte 21: the record was cut off, or isn't finished"},
		{"C's end of a text", plainVote + "\x00", malformed, "text after the value at byte 102: a zero byte, as C ends its texts with; send the text without it"},
		{"a text", `"vote"`, malformed, "the record is a text, not an object, and holds no object either"},
		{"a number", `7`, malformed, "the record is a number, not an object"},
		{"wrapped without end", strings.Repeat(`{"specversion":"1.0","data":`, 8) + "{}" + strings.Repeat("}", 8), malformed, "the record is wrapped more than 6 times: send the object itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, o, r := read(tt.value)
			if r == nil {
				t.Fatalf("read as %s", o.Text)
			}
			if diff := cmp.Diff(&rejection.Rejection{Reason: tt.reason, Detail: tt.detail}, r); diff != "" {
				t.Errorf("rejection (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever a record holds, it is refused with a sentence, or has a JSON object.
func FuzzRead(f *testing.F) {
	for _, w := range wrapped {
		f.Add([]byte(w.value))
	}
	f.Add([]byte(nil))
	f.Add([]byte(`{"voter_id":"p","voter_id":null,"op":"c","after":"{}"}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		_, o, r := read(string(value))
		if r != nil {
			if r.Reason == "" || r.Detail == "" || !utf8.ValidString(r.Detail) || len(r.Detail) > 1000 {
				t.Errorf("rejection %+v", r)
			}
			return
		}
		if err := jsonobject.Each(o.Text, func(string, jsonobject.Value) {}); err != nil || o.Wrapped != (o.Text != string(value)) {
			t.Errorf("read as %+v, and of that: %v", o, err)
		}
	})
}
