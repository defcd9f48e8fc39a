package deadletter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/pubsub/v2"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// A Box leads to the dead letters, and to the topic that mended ones are published
// to.
type Box struct {
	Client       *pubsub.Client
	Subscription string // id of the subscription that holds the dead letters
	Topic        string // id of the topic that ingest's subscription is on
	// Wait is how long a pull waits for messages: Pub/Sub gives no sign that
	// there are no more.
	Wait time.Duration
}

// A Letter is a dead message.
type Letter struct {
	ID          string
	PublishedAt time.Time // to the topic of the dead letters
	Attempts    int       // deliveries that failed; 0 if Pub/Sub doesn't say
	From        string    // subscription that gave up delivery; empty if Pub/Sub doesn't say
	Span        Span
	Batch       *recordbatch.Batch // nil where it can't be decoded, and of a report
	Report      bool               // of log ends: it holds no records
	Err         error              // why not

	message *pubsubpb.PubsubMessage
	ackID   string
}

// A Span is the records that a letter holds, according to its batch or else to its
// attributes. Topic is empty if neither names them.
type Span struct {
	kafka.TopicPartition
	First, Last int64 // offsets
	Records     int64
}

func (p Span) String() string {
	if p.Topic == "" {
		return "no records"
	}
	return fmt.Sprintf("%s[%d] offsets %d to %d", p.Topic, p.Partition, p.First, p.Last)
}

// most is how many letters a session holds at most.
const most = 1000

// A Session holds the letters that Open found. Until it is closed, Pub/Sub gives
// them to nobody else.
type Session struct {
	Letters []*Letter // by topic, partition and offset
	box     *Box
}

// Open pulls the letters that are there, up to a thousand. Where ids are named it returns
// as soon as it has all of them.
func (b *Box) Open(ctx context.Context, ids ...string) (*Session, error) {
	s := &Session{box: b}
	for len(s.Letters) < most && !s.holds(ids) {
		received, err := b.pull(ctx)
		if err != nil {
			return nil, errors.Join(err, s.Close(ctx))
		}
		if len(received) == 0 {
			break
		}
		for _, r := range received {
			s.add(r)
		}
	}
	slices.SortFunc(s.Letters, func(a, b *Letter) int {
		return cmp.Or(cmp.Compare(a.Span.Topic, b.Span.Topic), cmp.Compare(a.Span.Partition, b.Span.Partition),
			cmp.Compare(a.Span.First, b.Span.First), cmp.Compare(a.ID, b.ID))
	})
	return s, nil
}

// holds reports whether the session has all letters of some ids, of which there is one at least.
func (s *Session) holds(ids []string) bool {
	return len(ids) > 0 && !slices.ContainsFunc(ids, func(id string) bool { _, err := s.Find(id); return err != nil })
}

// add adds a message. One that is delivered again replaces the earlier delivery.
func (s *Session) add(r *pubsubpb.ReceivedMessage) {
	l := read(r)
	if i := slices.IndexFunc(s.Letters, func(other *Letter) bool { return other.ID == l.ID }); i >= 0 {
		s.Letters[i] = l
		return
	}
	s.Letters = append(s.Letters, l)
}

func (b *Box) pull(ctx context.Context) ([]*pubsubpb.ReceivedMessage, error) {
	request := &pubsubpb.PullRequest{Subscription: b.name("subscriptions", b.Subscription), MaxMessages: 100}
	r, err := b.ask(ctx, b.Wait, request)
	if errors.Is(err, context.DeadlineExceeded) || status.Code(err) == codes.DeadlineExceeded {
		// Nothing came, or Pub/Sub wasn't reached: the error is the same. A pull
		// that returns immediately tells the two apart.
		//lint:ignore SA1019 ReturnImmediately is deprecated because it finds fewer messages: the wait for messages is over here
		request.ReturnImmediately = true
		r, err = b.ask(ctx, answerTime, request)
	}
	switch {
	case err == nil:
		return r.ReceivedMessages, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded), status.Code(err) == codes.DeadlineExceeded:
		return nil, fmt.Errorf("Pub/Sub doesn't answer for subscription %s: see that this machine reaches it: %w", b.Subscription, err)
	case status.Code(err) == codes.NotFound:
		return nil, fmt.Errorf("subscription %s doesn't exist: name the one of the dead letters with DEAD_LETTERS_SUBSCRIPTION: %w", b.Subscription, err)
	}
	return nil, fmt.Errorf("pull from %s: %w", b.Subscription, err)
}

// answerTime is how long Pub/Sub may take to answer a pull that doesn't wait.
const answerTime = 30 * time.Second

func (b *Box) ask(ctx context.Context, most time.Duration, request *pubsubpb.PullRequest) (*pubsubpb.PullResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	return b.Client.SubscriptionAdminClient.Pull(ctx, request)
}

// Close gives the letters that are left back to the subscription.
func (s *Session) Close(ctx context.Context) error {
	var ids []string
	for _, l := range s.Letters {
		ids = append(ids, l.ackID)
	}
	s.Letters = nil
	if len(ids) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.box.Client.SubscriptionAdminClient.ModifyAckDeadline(ctx, &pubsubpb.ModifyAckDeadlineRequest{
		Subscription: s.box.name("subscriptions", s.box.Subscription), AckIds: ids,
	})
	if err != nil {
		return fmt.Errorf("give the dead letters back: %w; they come back by themselves in some minutes", err)
	}
	return nil
}

// Find returns the letter of an id.
func (s *Session) Find(id string) (*Letter, error) {
	for _, l := range s.Letters {
		if l.ID == id {
			return l, nil
		}
	}
	return nil, fmt.Errorf("there is no dead letter %q: list shows those that there are", id)
}

// read makes a letter of a message, with what of it can be decoded.
func read(r *pubsubpb.ReceivedMessage) *Letter {
	m := r.Message
	l := &Letter{ID: m.MessageId, PublishedAt: m.PublishTime.AsTime(), message: m, ackID: r.AckId}
	l.Attempts, _ = strconv.Atoi(m.Attributes[sourcePrefix+"DeliveryCount"]) // 0 where it isn't told
	l.From = m.Attributes[sourcePrefix+"Subscription"]
	if logends.Is(m.Attributes) {
		_, l.Err = logends.Decode(m.Data, m.Attributes)
		l.Report = l.Err == nil
		return l
	}
	if l.Batch, l.Err = recordbatch.Decode(m.Data, m.Attributes); l.Err != nil {
		l.Span = spanOf(m.Attributes)
		return l
	}
	records := l.Batch.Records
	l.Span = Span{
		TopicPartition: l.Batch.TopicPartition,
		First:          records[0].Offset, Last: records[len(records)-1].Offset, Records: int64(len(records)),
	}
	return l
}

// sourcePrefix begins the attributes that Pub/Sub adds to a dead letter.
const sourcePrefix = "CloudPubSubDeadLetterSource"

// spanOf is the span that the attributes of a message name; empty if the message
// isn't a batch of records.
func spanOf(attributes map[string]string) Span {
	if attributes[recordbatch.AttrContentType] != recordbatch.ContentType {
		return Span{}
	}
	p := Span{TopicPartition: kafka.TopicPartition{Topic: attributes[recordbatch.AttrTopic], TopicID: attributes[recordbatch.AttrTopicID]}}
	partition, err := strconv.ParseInt(attributes[recordbatch.AttrPartition], 10, 32)
	if err != nil || partition < 0 {
		return Span{}
	}
	p.Partition = int32(partition)
	for name, into := range map[string]*int64{
		recordbatch.AttrFirstOffset: &p.First,
		recordbatch.AttrLastOffset:  &p.Last, recordbatch.AttrCount: &p.Records,
	} {
		n, err := strconv.ParseInt(attributes[name], 10, 64)
		if err != nil || n < 0 {
			return Span{}
		}
		*into = n
	}
	return p
}

// Reason says why ingest gave up, as far as the message shows.
func (l *Letter) Reason() string {
	if l.Err != nil {
		return l.Err.Error()
	}
	if l.Report {
		return "a report of how far the logs reach on Kafka: it holds no records, and later ones say more; discard it"
	}
	return "it can be decoded: ingest or the warehouse didn't take it, and ingest's log says why"
}

// LogFilter is the filter of Cloud Logging for what ingest logged about the letter.
func (l *Letter) LogFilter() string {
	if l.Batch == nil {
		return `jsonPayload.function="ingest" AND severity>=ERROR`
	}
	return fmt.Sprintf(`jsonPayload.function="ingest" AND jsonPayload.topic=%q AND jsonPayload.partition=%d AND jsonPayload.first_offset=%d`,
		l.Span.Topic, l.Span.Partition, l.Span.First)
}

// attributes are those that the message was published with.
func (l *Letter) attributes() map[string]string {
	kept := map[string]string{}
	for name, value := range l.message.Attributes {
		if !strings.HasPrefix(name, sourcePrefix) {
			kept[name] = value
		}
	}
	return kept
}

func (b *Box) name(kind, id string) string {
	return "projects/" + b.Client.Project() + "/" + kind + "/" + id
}

// Summary lists the letters that are there, for an audit.
func (b *Box) Summary(ctx context.Context) ([]verify.DeadLetter, error) {
	s, err := b.Open(ctx)
	if err != nil {
		return nil, err
	}
	var all []verify.DeadLetter
	for _, l := range s.Letters {
		p := l.Span
		all = append(all, verify.DeadLetter{
			ID: l.ID, TopicPartition: p.TopicPartition, First: p.First, Last: p.Last, Records: p.Records,
		})
	}
	return all, s.Close(ctx)
}
