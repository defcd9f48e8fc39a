package election

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"google.golang.org/protobuf/encoding/protowire"
)

const (
	bom        = "\xef\xbb\xbf"
	jsonSpaces = " \t\r\n"
)

// decode finds the JSON text in a record's bytes. It takes off a byte order mark
// and the head of Confluent's wire format, and reads UTF-16 that begins with its
// mark. What is no text is refused by name.
func decode(value []byte) (string, *Rejection) {
	if value == nil {
		return "", reject(ReasonTombstone, "the record has no value")
	}
	text := withoutBOM(string(value))
	switch {
	case strings.Trim(text, jsonSpaces) == "":
		return "", reject(ReasonEmptyRecord, "the record's value is empty")
	case strings.HasPrefix(text, "\xff\xfe\x00\x00"), strings.HasPrefix(text, "\x00\x00\xfe\xff"):
		return "", reject(ReasonUnsupportedFormat, "the record is written in UTF-32: send UTF-8")
	case strings.HasPrefix(text, "\xff\xfe"):
		return fromUTF16(text[2:], binary.LittleEndian)
	case strings.HasPrefix(text, "\xfe\xff"):
		return fromUTF16(text[2:], binary.BigEndian)
	case strings.HasPrefix(text, "{\x00"), strings.HasPrefix(text, "\x00{\x00"):
		return "", reject(ReasonUnsupportedFormat, "the record is written in UTF-16, without the mark that says so: send UTF-8")
	case text[0] == 0:
		return fromWireFormat(text)
	case text[0] == glueVersion && len(text) > glueHead:
		return fromGlue(text)
	}
	if format := binaryFormat(text); format != "" {
		return "", reject(ReasonUnsupportedFormat, "the record is %s", format)
	}
	return text, nil
}

// withoutBOM takes off a byte order mark, and blanks before and behind it.
func withoutBOM(s string) string {
	return strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(s, jsonSpaces), bom), jsonSpaces)
}

// holdsJSON reports whether s begins like an object, or like a text that may hold
// one.
func holdsJSON(s string) bool { return strings.HasPrefix(s, "{") || strings.HasPrefix(s, `"`) }

func fromUTF16(s string, order binary.ByteOrder) (string, *Rejection) {
	if len(s)%2 != 0 {
		return "", reject(ReasonMalformedJSON, "the record is written in UTF-16 and has half a character at its end: it was cut off")
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = order.Uint16([]byte(s[2*i : 2*i+2]))
	}
	text := string(utf16.Decode(units))
	if strings.Trim(text, jsonSpaces) == "" {
		return "", reject(ReasonEmptyRecord, "the record's value is empty")
	}
	return text, nil
}

// Heads of the wire format of schema registries: a zero byte and the schema's
// id, of four bytes with Confluent's serializers, of eight with Apicurio's own.
const (
	confluentHead = 1 + 4
	apicurioHead  = 1 + 8
)

// fromWireFormat reads what a serializer of JSON Schema writes. Avro and Protobuf
// can't be read without the registry that holds the schema.
func fromWireFormat(s string) (string, *Rejection) {
	for _, head := range []int{confluentHead, apicurioHead} {
		if len(s) > head {
			if body := withoutBOM(s[head:]); holdsJSON(body) {
				return body, nil
			}
		}
	}
	if len(s) <= confluentHead {
		return "", reject(ReasonUnsupportedFormat, "the record begins with a zero byte and has %d bytes: it is neither JSON nor a schema registry's wire format", len(s))
	}
	format := "Avro"
	if isProtobuf(s[confluentHead:]) {
		format = "Protobuf"
	}
	return "", reject(ReasonUnsupportedFormat, "the record is %s in the wire format of a schema registry, with schema id %d; there is no registry here to ask: "+
		"let the producer send JSON (a serializer of JSON or of JSON Schema, or Connect's JsonConverter)", format, binary.BigEndian.Uint32([]byte(s[1:confluentHead])))
}

// AWS Glue's serializers write a version, how the rest is compressed (0 for not)
// and the UUID of the schema's version.
const (
	glueVersion = 3
	glueHead    = 1 + 1 + 16
)

func fromGlue(s string) (string, *Rejection) {
	if body := withoutBOM(s[glueHead:]); s[1] == 0 && holdsJSON(body) {
		return body, nil
	}
	return "", reject(ReasonUnsupportedFormat, "the record is binary; if it is in the wire format of AWS Glue, its schema version is %x: "+
		"let the producer send JSON, not compressed by the serializer", s[2:glueHead])
}

// isProtobuf reports whether s is what Confluent's serializer of Protobuf
// writes: the path to the message in its schema, as a count and so many indexes,
// or 0 for the first one; then the message. Both are few bytes of a strict form
// that Avro's hardly ever have by chance.
func isProtobuf(s string) bool {
	b := []byte(s)
	count, n := protowire.ConsumeVarint(b)
	if n < 0 || count%2 != 0 || count > 2*16 { // the numbers are zigzag, and not negative
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

// binaryFormat names a form that a record begins like, and what to do; empty
// where it begins like a text.
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
