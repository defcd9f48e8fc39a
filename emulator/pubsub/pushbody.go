package pubsub

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

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
