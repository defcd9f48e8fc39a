package election

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/tallystream/tallystream/shared/jsonobject"
)

// maxLayers bounds how often a record may be wrapped: CloudEvents around Connect
// around Debezium around a text that holds JSON is four.
const maxLayers = 6

// readFields reads the fields of a record, which may be wrapped: see is told of each,
// and again after reset where what it was told first is what wraps the object;
// identified reports whether the fields name a voter. Object is the text of the
// object itself, and wrapped whether that isn't all of the record.
func readFields(value []byte, see func(name string, v jsonobject.Value), identified func() bool, reset func()) (object string, wrapped bool, r *Rejection) {
	object = string(value)
	if err := jsonobject.Each(object, see); err == nil && identified() {
		return object, false, nil
	}
	inner, r := unwrap(value)
	if r != nil {
		return "", false, r
	}
	reset()
	_ = jsonobject.Each(inner, see) // unwrap has read it already
	return inner, inner != object, nil
}

// unwrap finds the JSON object that a record is, or that it wraps in one of the
// forms of real producers: encodings (see decode), a JSON text that holds JSON,
// Kafka Connect's {"schema","payload"}, Debezium's {"before","after","op"}, and
// CloudEvents in structured mode.
func unwrap(value []byte) (object string, r *Rejection) {
	text, r := decode(value)
	for range maxLayers {
		if r != nil {
			return "", r
		}
		var done bool
		if text, done, r = unwrapOnce(text); done && r == nil {
			return text, nil
		}
	}
	if r == nil {
		r = reject(ReasonMalformedJSON, "the record is wrapped more than %d times: send the object itself", maxLayers)
	}
	return "", r
}

// unwrapOnce opens one layer. Done says that text is an object that wraps none.
func unwrapOnce(text string) (inner string, done bool, r *Rejection) {
	var e envelope
	err := jsonobject.Each(text, e.see)
	var notObject *jsonobject.TypeError
	switch {
	case errors.As(err, &notObject):
		inner, r = insideText(notObject.Value)
	case err != nil:
		r = reject(ReasonMalformedJSON, "%s", explain(text, err))
	case e.identified:
		return text, true, nil
	case e.specversion.Kind == jsonobject.String:
		inner, r = e.cloudEvent()
	case e.op.Kind == jsonobject.String && (e.hasBefore || e.hasAfter):
		inner, r = e.debezium()
	case e.hasSchema && e.hasPayload:
		inner, r = e.connect()
	default:
		return text, true, nil
	}
	return inner, false, r
}

// insideText is what a record that isn't an object holds, where it is a text.
func insideText(v jsonobject.Value) (string, *Rejection) {
	switch text := withoutBOM(v.Text); {
	case v.Kind == jsonobject.Array:
		return "", reject(ReasonMalformedJSON, "the record is an array, not an object: send each element as a record of its own")
	case v.Kind != jsonobject.String:
		return "", reject(ReasonMalformedJSON, "the record is %s, not an object", v.Kind)
	case holdsJSON(text):
		return text, nil
	}
	return "", reject(ReasonMalformedJSON, "the record is a text, not an object, and holds no object either")
}

// envelope is what tells the envelopes apart.
type envelope struct {
	identified                               bool // there is a voter's id: the record itself
	hasSchema, hasPayload                    bool
	hasBefore, hasAfter                      bool
	payload, after, op                       jsonobject.Value
	specversion, data, dataBase64, dataMedia jsonobject.Value
}

func (e *envelope) see(name string, v jsonobject.Value) {
	switch name {
	case "voter_id":
		e.identified = v.Kind != jsonobject.Null
	case "schema":
		e.hasSchema = true
	case "payload":
		e.hasPayload, e.payload = true, v
	case "before":
		e.hasBefore = true
	case "after":
		e.hasAfter, e.after = true, v
	case "op":
		e.op = v
	case "specversion":
		e.specversion = v
	case "data":
		e.data = v
	case "data_base64":
		e.dataBase64 = v
	case "datacontenttype":
		e.dataMedia = v
	}
}

// inner is what a field of an envelope wraps: an object, or a text that holds one.
func inner(form, field string, v jsonobject.Value) (string, *Rejection) {
	switch v.Kind {
	case jsonobject.Object:
		return v.Text, nil
	case jsonobject.String:
		return decode([]byte(v.Text))
	case jsonobject.Null:
		return "", reject(ReasonTombstone, "the record is %s, and its %s is null: it holds nothing", form, field)
	}
	return "", reject(ReasonMalformedJSON, "the record is %s, and its %s is %s, not an object", form, field, v.Kind)
}

func (e *envelope) connect() (string, *Rejection) {
	return inner("an envelope of Kafka Connect", "payload", e.payload)
}

// debezium returns the row as a change event leaves it. A row that is read in a
// snapshot, made or changed is a record; a deletion is none.
func (e *envelope) debezium() (string, *Rejection) {
	switch e.op.Text {
	case "c", "r", "u":
		return inner("a change event of Debezium", "after", e.after)
	case "d", "t":
		return "", deletion()
	}
	return "", reject(ReasonUnsupportedFormat, "the record is a change event of Debezium with op %s: c, r and u are read", excerpt(e.op.Text))
}

func (e *envelope) cloudEvent() (string, *Rejection) {
	const form = "a CloudEvent"
	if e.dataBase64.Kind == jsonobject.Null {
		return inner(form, "data", e.data)
	}
	data, err := base64.StdEncoding.DecodeString(e.dataBase64.Text)
	if err != nil || e.dataBase64.Kind != jsonobject.String {
		return "", reject(ReasonMalformedJSON, "the record is a CloudEvent, and its data_base64 isn't base64")
	}
	text, r := decode(data)
	if r != nil && e.dataMedia.Kind == jsonobject.String {
		r.Detail += " (datacontenttype is " + excerpt(e.dataMedia.Text) + ")"
	}
	return text, r
}

// Fields that Debezium adds to a row when it sends it without its envelope.
const (
	fieldDeleted   = "__deleted"
	fieldOperation = "__op"
)

// deletes reports whether one of these fields says that the row was deleted.
func deletes(name string, v jsonobject.Value) bool {
	if name == fieldDeleted {
		return strings.EqualFold(v.Text, "true")
	}
	return v.Kind == jsonobject.String && v.Text == "d"
}

func deletion() *Rejection {
	return reject(ReasonDeletion, "the record says that a row was deleted: what was cast or registered can't be deleted, so it changes nothing")
}
