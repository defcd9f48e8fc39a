package envelope

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tallystream/tallystream/shared/election/rejection"
)

const (
	bom        = "\xef\xbb\xbf"
	jsonSpaces = " \t\r\n"
)

// decode finds the JSON text in a record's bytes. It takes off a byte order mark
// and the head of a schema registry's wire format, and reads UTF-16 that begins with
// its byte order mark. Binary formats are refused by name.
func decode(value []byte) (string, *rejection.Rejection) {
	if value == nil {
		return "", rejection.New(rejection.Tombstone, "the record has no value")
	}
	text := withoutBOM(string(value))
	switch {
	case strings.Trim(text, jsonSpaces) == "":
		return "", rejection.New(rejection.EmptyRecord, "the record's value is empty")
	case strings.HasPrefix(text, "\xff\xfe\x00\x00"), strings.HasPrefix(text, "\x00\x00\xfe\xff"):
		return "", rejection.New(rejection.UnsupportedFormat, "the record is written in UTF-32: send UTF-8")
	case strings.HasPrefix(text, "\xff\xfe"):
		return fromUTF16(text[2:], binary.LittleEndian)
	case strings.HasPrefix(text, "\xfe\xff"):
		return fromUTF16(text[2:], binary.BigEndian)
	case strings.HasPrefix(text, "{\x00"), strings.HasPrefix(text, "\x00{\x00"):
		return "", rejection.New(rejection.UnsupportedFormat, "the record is written in UTF-16, without the mark that says so: send UTF-8")
	case text[0] == 0:
		return fromWireFormat(text)
	case text[0] == glueVersion && len(text) > glueHead:
		return fromGlue(text)
	}
	if format := binaryFormat(text); format != "" {
		return "", rejection.New(rejection.UnsupportedFormat, "the record is %s", format)
	}
	return text, nil
}

// withoutBOM takes off a byte order mark, and the white space around it.
func withoutBOM(s string) string {
	return strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(s, jsonSpaces), bom), jsonSpaces)
}

// holdsJSON reports whether s begins like a JSON object, or like a JSON text, which
// may hold an object.
func holdsJSON(s string) bool { return strings.HasPrefix(s, "{") || strings.HasPrefix(s, `"`) }

func fromUTF16(s string, order binary.ByteOrder) (string, *rejection.Rejection) {
	if len(s)%2 != 0 {
		return "", rejection.New(rejection.MalformedJSON, "the record is written in UTF-16 and has half a character at its end: it was cut off")
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = order.Uint16([]byte(s[2*i : 2*i+2]))
	}
	text := string(utf16.Decode(units))
	if strings.Trim(text, jsonSpaces) == "" {
		return "", rejection.New(rejection.EmptyRecord, "the record's value is empty")
	}
	return text, nil
}

// The wire format of a schema registry begins with a zero byte and the schema's id,
// which has four bytes with Confluent's serializers and eight with Apicurio's own.
const (
	confluentHead = 1 + 4
	apicurioHead  = 1 + 8
)

// fromWireFormat reads what a serializer of JSON Schema writes. It refuses Avro and
// Protobuf, which can't be read without the registry that holds the schema.
func fromWireFormat(s string) (string, *rejection.Rejection) {
	for _, head := range []int{confluentHead, apicurioHead} {
		if len(s) > head {
			if body := withoutBOM(s[head:]); holdsJSON(body) {
				return body, nil
			}
		}
	}
	if len(s) <= confluentHead {
		return "", rejection.New(rejection.UnsupportedFormat, "the record begins with a zero byte and has %d bytes: it is neither JSON nor a schema registry's wire format", len(s))
	}
	format := "Avro"
	if isProtobuf(s[confluentHead:]) {
		format = "Protobuf"
	}
	return "", rejection.New(rejection.UnsupportedFormat, "the record is %s in the wire format of a schema registry, with schema id %d; there is no registry here to ask: "+
		"let the producer send JSON (a serializer of JSON or of JSON Schema, or Connect's JsonConverter)", format, binary.BigEndian.Uint32([]byte(s[1:confluentHead])))
}

// AWS Glue's serializers write a version, the compression (0 for none) and the UUID
// of the schema's version.
const (
	glueVersion = 3
	glueHead    = 1 + 1 + 16
)

// fromGlue reads JSON in the wire format of AWS Glue.
func fromGlue(s string) (string, *rejection.Rejection) {
	if body := withoutBOM(s[glueHead:]); s[1] == 0 && holdsJSON(body) {
		return body, nil
	}
	return "", rejection.New(rejection.UnsupportedFormat, "the record is binary; if it is in the wire format of AWS Glue, its schema version is %x: "+
		"let the producer send JSON, not compressed by the serializer", s[2:glueHead])
}

// isProtobuf reports whether s is what Confluent's serializer of Protobuf writes
// behind the schema's id: the path to the message in its schema, as a count and so
// many indexes, or 0 for the first message; then the message. Avro hardly ever has
// this form by chance.
func isProtobuf(s string) bool {
	b := []byte(s)
	count, n := protowire.ConsumeVarint(b)
	if n < 0 || count%2 != 0 || count > 2*16 { // zigzag encoding: even numbers aren't negative
		return false
	}
	for b = b[n:]; count > 0; count -= 2 {
		if _, n = protowire.ConsumeVarint(b); n < 0 {
			return false
		}
		b = b[n:]
	}
	fields := 0
	for ; len(b) > 0; fields++ {
		if _, _, n = protowire.ConsumeField(b); n < 0 {
			return false
		}
		b = b[n:]
	}
	return fields > 0
}

// binaryFormat names the format that a record's first bytes are of, and says what
// to send instead. It is empty where the record begins like a text.
func binaryFormat(s string) string {
	const compressed = ", compressed by the producer's own code: send JSON, and let Kafka compress it (compression.type)"
	for _, f := range []struct{ head, name string }{
		{"\x1f\x8b", "gzip" + compressed},
		{"\x28\xb5\x2f\xfd", "Zstandard" + compressed},
		{"\x04\x22\x4d\x18", "LZ4" + compressed},
		{"\xac\xed\x00\x05", "a serialized Java object: send JSON"},
		{"Obj\x01", "an Avro file: send JSON"},
		{"\x80\x03", "a Python pickle: send JSON"},
		{"\x80\x04", "a Python pickle: send JSON"},
		{"\x80\x05", "a Python pickle: send JSON"},
		{"<", "XML or HTML: send JSON"},
	} {
		if strings.HasPrefix(s, f.head) {
			return f.name
		}
	}
	if c := s[0]; c < ' ' && !strings.ContainsRune(jsonSpaces, rune(c)) {
		return "binary, such as Avro or Protobuf without a head, and no text: send JSON"
	}
	return ""
}
