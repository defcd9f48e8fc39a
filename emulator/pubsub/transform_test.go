package pubsub_test

import (
	"strings"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// javascript is a transform by a function f of the message m.
func javascript(body string) []*pubsubpb.MessageTransform {
	return []*pubsubpb.MessageTransform{{Transform: &pubsubpb.MessageTransform_JavascriptUdf{
		JavascriptUdf: &pubsubpb.JavaScriptUDF{FunctionName: "f", Code: "function f(m) {" + body + "}"},
	}}}
}

// A topic's transforms change what is published, before any subscription sees it. A message
// that can't be transformed isn't published.
func TestTopicTransforms(t *testing.T) {
	c := newClients(t)
	_, err := c.pub.CreateTopic(c.ctx(), &pubsubpb.Topic{
		Name:              c.topicName("topic"),
		MessageTransforms: javascript(`if (m.data === "bad") throw new Error("bad vote"); m.data = m.data.toUpperCase(); return m.data === "DROP" ? null : m`),
	})
	if err != nil {
		t.Fatal(err)
	}
	sub := c.subscribe("sub", nil)
	if ids := c.publish(text("a"), text("drop"), text("b")); len(ids) != 3 || ids[1] == "" {
		t.Errorf("ids %q, want one of each message", ids)
	}
	c.gets("of a topic with a transform", sub, "A", "B")
	_, err = c.pub.Publish(c.ctx(), &pubsubpb.PublishRequest{Topic: c.topicName("topic"), Messages: []*pubsubpb.PubsubMessage{text("a"), text("bad")}})
	if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "bad vote") {
		t.Errorf("%v, want InvalidArgument that says why", err)
	}
	c.empty(sub)
}

// A subscription's transforms change what is delivered, and what they drop is acknowledged.
func TestSubscriptionTransforms(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", func(s *pubsubpb.Subscription) {
		s.MessageTransforms = javascript(`m.data += "!"; return m.data === "drop!" ? null : m`)
	})
	plain := c.subscribe("plain", nil)
	c.publish(text("a"), text("drop"), text("b"))
	c.gets("of a subscription with a transform", sub, "a!", "b!")
	c.gets("of a subscription without", plain, "a", "b", "drop")
}
