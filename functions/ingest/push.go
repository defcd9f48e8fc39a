package ingest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/jsonobject"
)

// message is the Pub/Sub message of a push. It has no part of the push's body, which needn't
// be kept until the message is stored and its id is logged.
type message struct {
	id         string
	attempt    string // of delivery; empty unless the subscription has a dead-letter topic
	data       []byte
	attributes map[string]string
}

// errNotPush marks a body that isn't a Pub/Sub push.
var errNotPush = errors.New("not a Pub/Sub push")

// readPush reads the message of a push. What isn't one wraps errNotPush.
func readPush(w http.ResponseWriter, r *http.Request) (*message, error) {
	body, err := function.ReadBody(w, r, maxBody)
	if err != nil {
		return nil, fmt.Errorf("read the push: %w", err)
	}
	m, err := parsePush(string(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotPush, err)
	}
	return m, nil
}

// parsePush reads {"message":{"data","attributes","messageId"},"deliveryAttempt"}
// and passes over what else a push holds.
func parsePush(body string) (*message, error) {
	m := &message{}
	var inner jsonobject.Value
	err := jsonobject.Each(body, func(name string, v jsonobject.Value) {
		switch name {
		case "message":
			inner = v
		case "deliveryAttempt":
			m.attempt = strings.Clone(v.Text)
		}
	})
	if err != nil {
		return nil, err
	}
	if inner.Kind != jsonobject.Object {
		return nil, fmt.Errorf("message is %s, not an object", inner.Kind)
	}
	var data, attributes jsonobject.Value
	_ = jsonobject.Each(inner.Text, func(name string, v jsonobject.Value) { // checked as a part of body
		switch name {
		case "data":
			data = v
		case "attributes":
			attributes = v
		case "messageId":
			m.id = strings.Clone(v.Text)
		}
	})
	if data.Kind != jsonobject.String && data.Kind != jsonobject.Null {
		return nil, fmt.Errorf("message.data is %s, not a text", data.Kind)
	}
	if m.data, err = base64.StdEncoding.DecodeString(data.Text); err != nil {
		return nil, fmt.Errorf("message.data isn't base64: %w", err)
	}
	m.attributes, err = parseAttributes(attributes)
	return m, err
}

func parseAttributes(v jsonobject.Value) (map[string]string, error) {
	attributes := map[string]string{}
	switch v.Kind {
	case jsonobject.Null:
		return attributes, nil
	case jsonobject.Object:
	default:
		return nil, fmt.Errorf("message.attributes is %s, not an object", v.Kind)
	}
	var err error
	_ = jsonobject.Each(v.Text, func(name string, a jsonobject.Value) { // checked as a part of body
		if a.Kind != jsonobject.String {
			err = fmt.Errorf("attribute %.80q is %s, not a text", name, a.Kind)
		}
		attributes[strings.Clone(name)] = strings.Clone(a.Text)
	})
	return attributes, err
}
