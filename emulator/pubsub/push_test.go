package pubsub_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// decoded is the push body as a subscriber reads it.
type decoded struct {
	DeliveryAttempt int
	Message         struct {
		Attributes   map[string]string
		Data         []byte
		MessageID    string `json:"messageId"`
		MessageID2   string `json:"message_id"`
		OrderingKey  string `json:"orderingKey"`
		PublishTime  string `json:"publishTime"`
		PublishTime2 string `json:"publish_time"`
	}
	Subscription string
}

func decode(t testing.TB, p push) decoded {
	t.Helper()
	var d decoded
	dec := json.NewDecoder(strings.NewReader(p.Body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		t.Fatalf("push body %.200q: %v", p.Body, err)
	}
	return d
}

func TestPushRequest(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	url, pushes := endpoint(t, accept)
	sub := c.subscribePush("sub", url, nil)
	id := c.publish(&pubsubpb.PubsubMessage{Data: []byte("hello <&> ü"), Attributes: map[string]string{"b": "x<>", "a": "1"}, OrderingKey: "k"})[0]
	p := receive(t, "push", pushes)
	published := decode(t, p).Message.PublishTime
	if at, err := time.Parse(time.RFC3339, published); err != nil || time.Since(at) > patience {
		t.Errorf("publishTime %q: %v", published, err)
	}
	want := fmt.Sprintf(`{"message":{"attributes":{"a":"1","b":"x<>"},"data":"aGVsbG8gPCY+IMO8","messageId":%q,"message_id":%[1]q,`+
		`"orderingKey":"k","publishTime":%q,"publish_time":%[2]q},"subscription":%q}`, id, published, sub)
	if diff := cmp.Diff(want, p.Body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{"Content-Type": "application/json", "User-Agent": "CloudPubSub-Google", "Authorization": ""} {
		if got := p.Header.Get(name); got != want {
			t.Errorf("header %s: %q, want %q", name, got, want)
		}
	}
}

func TestPushWithoutWrapper(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	url, pushes := endpoint(t, accept)
	sub := c.subscribePush("sub", url, func(s *pubsubpb.Subscription) {
		s.PushConfig.Wrapper = &pubsubpb.PushConfig_NoWrapper_{NoWrapper: &pubsubpb.PushConfig_NoWrapper{WriteMetadata: true}}
	})
	id := c.publish(&pubsubpb.PubsubMessage{Data: []byte{0, 1, 2}, Attributes: map[string]string{"a": "1"}})[0]
	p := receive(t, "push", pushes)
	if p.Body != "\x00\x01\x02" {
		t.Errorf("body %q", p.Body)
	}
	for name, want := range map[string]string{"A": "1", "X-Goog-Pubsub-Message-Id": id, "X-Goog-Pubsub-Subscription-Name": sub} {
		if got := p.Header.Get(name); got != want {
			t.Errorf("header %s: %q, want %q", name, got, want)
		}
	}
}

func TestPushToken(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	url, pushes := endpoint(t, accept)
	c.subscribePush("sub", url, func(s *pubsubpb.Subscription) {
		s.PushConfig.AuthenticationMethod = &pubsubpb.PushConfig_OidcToken_{
			OidcToken: &pubsubpb.PushConfig_OidcToken{ServiceAccountEmail: "push@project.iam.gserviceaccount.com"}}
	})
	c.publish(text("x"))
	token, ok := strings.CutPrefix(receive(t, "push", pushes).Header.Get("Authorization"), "Bearer ")
	parts := strings.Split(token, ".")
	if !ok || len(parts) != 3 {
		t.Fatalf("authorization %q: want a bearer JWT", token)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Aud, Email, Iss string }
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	want := struct{ Aud, Email, Iss string }{url, "push@project.iam.gserviceaccount.com", "https://accounts.google.com"}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

// A failing message is tried again until the endpoint takes it, and doesn't
// hold up the others.
func TestPushRetries(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	var mu sync.Mutex
	tries := map[string]int{}
	url, pushes := endpoint(t, func(body string) int {
		mu.Lock()
		defer mu.Unlock()
		tries[body]++
		if strings.Contains(body, `"fails":"yes"`) && tries[body] < 4 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	})
	c.subscribePush("sub", url, func(s *pubsubpb.Subscription) {
		s.RetryPolicy = &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(time.Millisecond), MaximumBackoff: durationpb.New(5 * time.Millisecond)}
	})
	bad := c.publish(&pubsubpb.PubsubMessage{Data: []byte("x"), Attributes: map[string]string{"fails": "yes"}})[0]
	var good []string
	for range 50 {
		good = append(good, c.publish(text("fine"))...)
	}
	got := map[string]int{}
	for range len(good) + 4 {
		got[decode(t, receive(t, "push", pushes)).Message.MessageID]++
	}
	want := map[string]int{bad: 4}
	for _, id := range good {
		want[id] = 1
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pushes per message (-want +got):\n%s", diff)
	}
}

func TestPushDeadLetter(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	dead := c.createTopic("dead-letters")
	url, pushes := endpoint(t, func(string) int { return http.StatusInternalServerError })
	c.subscribePush("sub", url, func(s *pubsubpb.Subscription) {
		s.DeadLetterPolicy = &pubsubpb.DeadLetterPolicy{DeadLetterTopic: dead, MaxDeliveryAttempts: 5}
		s.RetryPolicy = &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(time.Millisecond), MaximumBackoff: durationpb.New(5 * time.Millisecond)}
	})
	letters := c.subscribe("letters", func(s *pubsubpb.Subscription) { s.Topic = dead })
	c.publish(&pubsubpb.PubsubMessage{Data: []byte("poison"), Attributes: map[string]string{"a": "1"}, OrderingKey: "k"})
	var published string
	for attempt := 1; attempt <= 5; attempt++ {
		d := decode(t, receive(t, "push", pushes))
		if d.DeliveryAttempt != attempt {
			t.Errorf("push has deliveryAttempt %d, want %d", d.DeliveryAttempt, attempt)
		}
		published = d.Message.PublishTime
	}
	m := c.pull(letters, 1)[0].Message
	want := map[string]string{
		"a": "1",
		"CloudPubSubDeadLetterSourceDeliveryCount":       "5",
		"CloudPubSubDeadLetterSourceSubscription":        "sub",
		"CloudPubSubDeadLetterSourceSubscriptionProject": "testpushdeadletter",
		"CloudPubSubDeadLetterSourceTopicPublishTime":    strings.TrimSuffix(strings.TrimRight(strings.TrimSuffix(published, "Z"), "0"), ".") + "+00:00",
	}
	if diff := cmp.Diff(want, m.Attributes); diff != "" {
		t.Errorf("attributes of the dead letter (-want +got):\n%s", diff)
	}
	if string(m.Data) != "poison" || m.OrderingKey != "k" {
		t.Errorf("dead letter %q with key %q", m.Data, m.OrderingKey)
	}
	if n := len(pushes); n > 0 {
		t.Errorf("%d pushes after the fifth", n)
	}
}

func TestPushOrdering(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	var mu sync.Mutex
	failed := map[string]bool{}
	outstanding := map[string]int{}
	got := map[string][]string{}
	taken := make(chan bool, 300)
	handler := func(body string) int {
		d := decode(t, push{Body: body})
		key, data := d.Message.OrderingKey, string(d.Message.Data)
		mu.Lock()
		outstanding[key]++
		if outstanding[key] > 1 {
			t.Errorf("key %q has %d pushes outstanding", key, outstanding[key])
		}
		mu.Unlock()
		runtime.Gosched()
		mu.Lock()
		defer mu.Unlock()
		outstanding[key]--
		if strings.HasSuffix(data, "7") && !failed[data] { // the first try of some fails
			failed[data] = true
			return http.StatusTooManyRequests
		}
		got[key] = append(got[key], data)
		taken <- true
		return http.StatusNoContent
	}
	url, _ := endpoint(t, handler)
	c.subscribePush("sub", url, func(s *pubsubpb.Subscription) {
		s.EnableMessageOrdering = true
		s.RetryPolicy = &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(time.Millisecond), MaximumBackoff: durationpb.New(time.Millisecond)}
	})
	want := map[string][]string{}
	for i := range 300 {
		key, data := fmt.Sprintf("key %d", i%5), fmt.Sprintf("message %d", i)
		want[key] = append(want[key], data)
		c.publish(&pubsubpb.PubsubMessage{Data: []byte(data), OrderingKey: key})
	}
	for range 300 {
		receive(t, "push", taken)
	}
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages by key (-want +got):\n%s", diff)
	}
}

// What the old endpoint refuses goes to the new one, and a subscription can
// turn from push to pull and back.
func TestPushEndpointChanges(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	broken, refused := endpoint(t, func(string) int { return http.StatusNotFound })
	working, pushes := endpoint(t, accept)
	sub := c.subscribePush("sub", broken, nil)
	first := c.publish(text("first"))[0]
	receive(t, "push to the old endpoint", refused)
	set := func(url string) {
		t.Helper()
		_, err := c.sub.UpdateSubscription(c.ctx(), &pubsubpb.UpdateSubscriptionRequest{
			Subscription: &pubsubpb.Subscription{Name: sub, PushConfig: &pubsubpb.PushConfig{PushEndpoint: url}},
			UpdateMask:   &fieldmaskpb.FieldMask{Paths: []string{"push_config"}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set(working)
	if got := decode(t, receive(t, "push to the new endpoint", pushes)).Message.MessageID; got != first {
		t.Errorf("new endpoint got message %s, want %s", got, first)
	}
	set("")
	second := c.publish(text("second"))[0]
	m := c.pull(sub, 1)[0]
	if m.Message.MessageId != second {
		t.Errorf("pulled message %s, want %s", m.Message.MessageId, second)
	}
	c.nack(sub, m)
	if _, err := c.sub.ModifyPushConfig(c.ctx(), &pubsubpb.ModifyPushConfigRequest{
		Subscription: sub, PushConfig: &pubsubpb.PushConfig{PushEndpoint: working}}); err != nil {
		t.Fatal(err)
	}
	if got := decode(t, receive(t, "push after pull", pushes)).Message.MessageID; got != second {
		t.Errorf("push of message %s, want %s", got, second)
	}
	if _, err := c.sub.DeleteSubscription(c.ctx(), &pubsubpb.DeleteSubscriptionRequest{Subscription: sub}); err != nil {
		t.Fatal(err)
	}
	other, others := endpoint(t, accept)
	c.subscribePush("witness", other, nil)
	c.publish(text("third"))
	receive(t, "push to the other subscription", others)
	if n := len(pushes); n > 0 {
		t.Errorf("%d pushes for a deleted subscription", n)
	}
}

func TestPushLargestMessage(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	url, pushes := endpoint(t, accept)
	c.subscribePush("sub", url, nil)
	data := bytes.Repeat([]byte("0123456789"), 999_900) // with the rest of the request just under 10 MB
	c.publish(&pubsubpb.PubsubMessage{Data: data})
	if got := decode(t, receive(t, "push", pushes)).Message.Data; !bytes.Equal(got, data) {
		t.Errorf("pushed %d bytes, want the %d that were published", len(got), len(data))
	}
}

// methodOfEmulator matches the line of a stack that names a method of the emulator.
var methodOfEmulator = regexp.MustCompile(`emulator/pubsub(/[a-z]+)?\.\(`)
