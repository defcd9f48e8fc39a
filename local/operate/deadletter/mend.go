package deadletter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// ReasonDropped is the reason in raw.rejects of a record that a person left out.
const ReasonDropped = "dropped_by_operator"

// ErrUndecodable says that a letter's records can't be read.
var ErrUndecodable = errors.New("the message can't be decoded")

// An Appender stores rows. They are stored when Append returns nil.
type Appender interface {
	Append(ctx context.Context, rows *warehouse.Rows) error
}

// Replay publishes a letter as it is, and takes it out of the dead letters. It
// refuses a letter that can't be decoded, with ErrUndecodable, because ingest would
// give it up again; asIs publishes it all the same.
func (s *Session) Replay(ctx context.Context, l *Letter, asIs bool) error {
	if l.Err != nil && !asIs {
		return fmt.Errorf("%s (%s): %w: %w", l.ID, l.Span, ErrUndecodable, l.Err)
	}
	if err := s.publish(ctx, l.message.Data, l.attributes()); err != nil {
		return err
	}
	return s.Discard(ctx, l)
}

// Discard takes a letter out of the dead letters.
func (s *Session) Discard(ctx context.Context, l *Letter) error {
	err := s.box.Client.SubscriptionAdminClient.Acknowledge(ctx, &pubsubpb.AcknowledgeRequest{
		Subscription: s.box.name("subscriptions", s.box.Subscription), AckIds: []string{l.ackID},
	})
	if err != nil {
		return fmt.Errorf("take %s out of the dead letters: %w; it comes back, and may be replayed again", l.ID, err)
	}
	s.Letters = slices.DeleteFunc(s.Letters, func(other *Letter) bool { return other == l })
	return nil
}

func (s *Session) publish(ctx context.Context, data []byte, attributes map[string]string) error {
	_, err := s.box.Client.TopicAdminClient.Publish(ctx, &pubsubpb.PublishRequest{
		Topic:    s.box.name("topics", s.box.Topic),
		Messages: []*pubsubpb.PubsubMessage{{Data: data, Attributes: attributes}},
	})
	if err != nil {
		return fmt.Errorf("publish to %s: %w", s.box.Topic, err)
	}
	return nil
}

// A Fix says what becomes of one record of a letter.
type Fix struct {
	Offset int64
	Value  []byte // what it should have been; nil drops the record
	Reason string // why it is dropped: a sentence for raw.rejects
}

// Fix replaces or drops records of a letter, publishes the letter, and takes it out
// of the dead letters. Dropped records become rows of raw.rejects before anything is
// published: a pass settles an offset only if raw has its record.
func (s *Session) Fix(ctx context.Context, l *Letter, fixes []Fix, rejects Appender) error {
	parts, rows, err := mend(l, fixes)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		if err := rejects.Append(ctx, &warehouse.Rows{IngestedAt: time.Now().UTC(), Rejects: rows}); err != nil {
			return fmt.Errorf("store %d dropped records in raw.rejects: %w", len(rows), err)
		}
	}
	for _, part := range parts {
		data, attributes, err := recordbatch.Encode(part)
		if err != nil {
			return err
		}
		if err := s.publish(ctx, data, attributes); err != nil {
			return err
		}
	}
	return s.Discard(ctx, l)
}

// mend returns the batches that are left of a letter, and the rejects of the
// dropped records. A batch ends before a dropped record, because the batch after it
// names the offset that it follows.
func mend(l *Letter, fixes []Fix) (parts []*recordbatch.Batch, rows []warehouse.RejectRow, err error) {
	if l.Err != nil {
		return nil, nil, fmt.Errorf("%s (%s): %w: %w", l.ID, l.Span, ErrUndecodable, l.Err)
	}
	if l.Batch == nil {
		return nil, nil, fmt.Errorf("%s holds no records to fix: %s", l.ID, l.Reason())
	}
	due := map[int64]Fix{}
	for _, f := range fixes {
		due[f.Offset] = f
	}
	follows := l.Batch.Follows
	var open *recordbatch.Batch
	for _, r := range l.Batch.Records {
		f, fixed := due[r.Offset]
		delete(due, r.Offset)
		if fixed && f.Value == nil {
			rows = append(rows, warehouse.Reject(warehouse.OriginOf(l.Batch, &r, follows), &r, ReasonDropped, f.Reason))
			follows, open = r.Offset, nil
			continue
		}
		if fixed {
			r.Value, r.Size = f.Value, int64(len(f.Value))
		}
		if open == nil {
			copied := *l.Batch
			open = &copied
			open.Follows, open.Records = follows, nil
			parts = append(parts, open)
		}
		open.Records = append(open.Records, r)
		follows = r.Offset
	}
	for offset := range due {
		return nil, nil, fmt.Errorf("%s has no record at offset %d: it holds %s", l.ID, offset, l.Span)
	}
	return parts, rows, nil
}
