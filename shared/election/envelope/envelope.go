// Package envelope finds the JSON object of a record, in the forms that producers
// send it in, and reads its fields. docs/records.md lists the forms.
//
// A record may be encoded: with a byte order mark, in UTF-16, or in the wire format
// of a schema registry (see encoding.go). It may be wrapped: in a JSON text, in Kafka
// Connect's {"schema","payload"}, in Debezium's {"before","after","op"} or in a
// CloudEvent. Forms may stand within one another.
package envelope

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/tallystream/tallystream/shared/election/rejection"
	"github.com/tallystream/tallystream/shared/jsonobject"
)

// maxLayers bounds how often a record may be wrapped. Four layers are plausible: a
// CloudEvent around Connect around Debezium around a text that holds JSON.
const maxLayers = 6

// Object is the JSON object of a record.
type Object struct {
	Text    string
	Wrapped bool // the record isn't the object alone
}

// Read finds the object of a record and calls set with each of its members, in order;
// null members are among them. An object with a voter_id is the record itself,
// whatever else it holds. Any other object that has an envelope's form is opened. The
// deletion of a row is rejected.
//
// Read calls set before it knows that the object is the record. It calls reset where
// the object wasn't, before it begins again.
func Read(value []byte, set func(name string, v jsonobject.Value), reset func()) (Object, *rejection.Rejection) {
	var m marks
	member := func(name string, v jsonobject.Value) {
		m.set(name, v)
		set(name, v)
	}
	o := Object{Text: string(value)}
	if err := jsonobject.Each(o.Text, member); err != nil || !m.identified {
		inner, r := unwrap(value)
		if r != nil {
			return Object{}, r
		}
		o = Object{Text: inner, Wrapped: inner != o.Text}
		m = marks{}
		reset()
		_ = jsonobject.Each(o.Text, member) // unwrap has read it already
	}
	if m.deleted {
		return Object{}, deletion()
	}
	return o, nil
}

// marks are what an object's members say about its form.
type marks struct {
	identified bool // there is a voter's id
	deleted    bool // Debezium says that the row was deleted
}

// set takes a member. Debezium adds __deleted or __op to a row that it sends without its
// envelope.
func (m *marks) set(name string, v jsonobject.Value) {
	switch name {
	case "voter_id":
		m.identified = v.Kind != jsonobject.Null
	case "__deleted":
		m.deleted = m.deleted || strings.EqualFold(v.Text, "true")
	case "__op":
		m.deleted = m.deleted || v.Kind == jsonobject.String && v.Text == "d"
	}
}

// unwrap returns the JSON object that a record is or holds.
func unwrap(value []byte) (object string, r *rejection.Rejection) {
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
		r = rejection.New(rejection.MalformedJSON, "the record is wrapped more than %d times: send the object itself", maxLayers)
	}
	return "", r
}

// unwrapOnce opens one layer. Done says that the text is an object that isn't an
// envelope.
func unwrapOnce(text string) (inner string, done bool, r *rejection.Rejection) {
	var e envelope
	err := jsonobject.Each(text, e.set)
	var notObject *jsonobject.TypeError
	switch {
	case errors.As(err, &notObject):
		inner, r = insideText(notObject.Value)
	case err != nil:
		r = rejection.New(rejection.MalformedJSON, "%s", explain(text, err))
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

// insideText returns the JSON that a JSON text holds; any other value that isn't an
// object is refused.
func insideText(v jsonobject.Value) (string, *rejection.Rejection) {
	switch text := withoutBOM(v.Text); {
	case v.Kind == jsonobject.Array:
		return "", rejection.New(rejection.MalformedJSON, "the record is an array, not an object: send each element as a record of its own")
	case v.Kind != jsonobject.String:
		return "", rejection.New(rejection.MalformedJSON, "the record is %s, not an object", v.Kind)
	case holdsJSON(text):
		return text, nil
	}
	return "", rejection.New(rejection.MalformedJSON, "the record is a text, not an object, and holds no object either")
}

// envelope holds the members by which the forms of an envelope are told apart.
type envelope struct {
	identified                               bool // there is a voter's id: this is the record itself
	hasSchema, hasPayload                    bool
	hasBefore, hasAfter                      bool
	payload, after, op                       jsonobject.Value
	specversion, data, dataBase64, dataMedia jsonobject.Value
}

// set takes a member.
func (e *envelope) set(name string, v jsonobject.Value) {
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

// inner returns what a field of an envelope holds: an object, or a text that holds
// one.
func inner(form, field string, v jsonobject.Value) (string, *rejection.Rejection) {
	switch v.Kind {
	case jsonobject.Object:
		return v.Text, nil
	case jsonobject.String:
		return decode([]byte(v.Text))
	case jsonobject.Null:
		return "", rejection.New(rejection.Tombstone, "the record is %s, and its %s is null: it holds nothing", form, field)
	}
	return "", rejection.New(rejection.MalformedJSON, "the record is %s, and its %s is %s, not an object", form, field, v.Kind)
}

func (e *envelope) connect() (string, *rejection.Rejection) {
	return inner("an envelope of Kafka Connect", "payload", e.payload)
}

// debezium returns the row after a change. The row of an operation c (created), u
// (updated) or r (read in a snapshot) is a record. Operations d (deleted) and t
// (truncated) are deletions.
func (e *envelope) debezium() (string, *rejection.Rejection) {
	switch e.op.Text {
	case "c", "r", "u":
		return inner("a change event of Debezium", "after", e.after)
	case "d", "t":
		return "", deletion()
	}
	return "", rejection.New(rejection.UnsupportedFormat, "the record is a change event of Debezium with op %s: c, r and u are read", rejection.Excerpt(e.op.Text))
}

func (e *envelope) cloudEvent() (string, *rejection.Rejection) {
	const form = "a CloudEvent"
	if e.dataBase64.Kind == jsonobject.Null {
		return inner(form, "data", e.data)
	}
	data, err := base64.StdEncoding.DecodeString(e.dataBase64.Text)
	if err != nil || e.dataBase64.Kind != jsonobject.String {
		return "", rejection.New(rejection.MalformedJSON, "the record is a CloudEvent, and its data_base64 isn't base64")
	}
	text, r := decode(data)
	if r != nil && e.dataMedia.Kind == jsonobject.String {
		r.Detail += " (datacontenttype is " + rejection.Excerpt(e.dataMedia.Text) + ")"
	}
	return text, r
}

// deletion rejects a record that deletes a row.
func deletion() *rejection.Rejection {
	return rejection.New(rejection.Deletion, "the record says that a row was deleted: what was cast or registered can't be deleted, so it changes nothing")
}
