package push

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/emulator/internal/oidc"
	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
)

// timeFormat is RFC 3339 with milliseconds, as Pub/Sub writes times.
const timeFormat = "2006-01-02T15:04:05.000Z07:00"

// request builds the HTTP request of a push, wrapped in JSON or not.
func (p *Pusher) request(ctx context.Context, l delivery.Lease) (*http.Request, error) {
	config, name := p.resource.PushConfig, p.resource.Name
	raw := config.GetNoWrapper()
	body := l.Message.Data
	if raw == nil {
		attempt := 0
		if p.resource.DeadLetterPolicy != nil {
			attempt = l.Attempt
		}
		body = wrap(name, l.Message, attempt)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, config.PushEndpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "CloudPubSub-Google")
	if raw == nil {
		req.Header.Set("Content-Type", "application/json")
	} else if raw.WriteMetadata {
		metadata(req.Header, name, l.Message)
	}
	if token := config.GetOidcToken(); token != nil {
		audience := cmp.Or(token.Audience, config.PushEndpoint)
		req.Header.Set("Authorization", "Bearer "+oidc.Token(token.ServiceAccountEmail, audience, time.Now()))
	}
	return req, nil
}

// wrap returns the JSON body of a push. attempt is 0 where the subscription
// has no dead-letter policy: the body then doesn't tell it. The message's id
// and time come in both spellings, as the service sends them.
func wrap(subscription string, m *pubsubpb.PubsubMessage, attempt int) []byte {
	published := m.PublishTime.AsTime().Format(timeFormat)
	var b bytes.Buffer
	b.Grow(base64.StdEncoding.EncodedLen(len(m.Data)) + 512)
	b.WriteByte('{')
	if attempt > 0 {
		b.WriteString(`"deliveryAttempt":`)
		b.WriteString(strconv.Itoa(attempt))
		b.WriteByte(',')
	}
	b.WriteString(`"message":{`)
	if len(m.Attributes) > 0 {
		writeField(&b, "attributes", m.Attributes)
		b.WriteByte(',')
	}
	b.WriteString(`"data":"`)
	b.Write(base64.StdEncoding.AppendEncode(b.AvailableBuffer(), m.Data))
	b.WriteString(`",`)
	writeField(&b, "messageId", m.MessageId)
	b.WriteByte(',')
	writeField(&b, "message_id", m.MessageId)
	b.WriteByte(',')
	if m.OrderingKey != "" {
		writeField(&b, "orderingKey", m.OrderingKey)
		b.WriteByte(',')
	}
	writeField(&b, "publishTime", published)
	b.WriteByte(',')
	writeField(&b, "publish_time", published)
	b.WriteString(`},`)
	writeField(&b, "subscription", subscription)
	b.WriteByte('}')
	return b.Bytes()
}

// writeField writes "name":value. Strings and maps of strings always encode.
func writeField(b *bytes.Buffer, name string, value any) {
	b.WriteString(strconv.Quote(name))
	b.WriteByte(':')
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value)
	b.Truncate(b.Len() - 1) // Encode ends with a newline
}

// metadata sets the headers of a push without wrapper that asks for them.
func metadata(h http.Header, subscription string, m *pubsubpb.PubsubMessage) {
	for k, v := range m.Attributes {
		h.Set(k, v)
	}
	h.Set("X-Goog-Pubsub-Message-Id", m.MessageId)
	h.Set("X-Goog-Pubsub-Publish-Time", m.PublishTime.AsTime().Format(timeFormat))
	h.Set("X-Goog-Pubsub-Subscription-Name", subscription)
	if m.OrderingKey != "" {
		h.Set("X-Goog-Pubsub-Ordering-Key", m.OrderingKey)
	}
}
