package broker

import (
	"maps"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/proto"

	"github.com/tallystream/tallystream/emulator/pubsub/journal"
	"github.com/tallystream/tallystream/emulator/pubsub/schema"
)

// Schemas returns the schemas, to be read.
func (b *Broker) Schemas() *schema.Registry { return b.schemas }

// AddSchema adds a revision to a schema.
func (b *Broker) AddSchema(s *pubsubpb.Schema, as schema.As) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.schemas.Add(s, as, func() error { return b.note(journal.SchemaPut, s) })
}

// DeleteSchemaRevision deletes a revision, which the name has behind @.
func (b *Broker) DeleteSchemaRevision(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.schemas.DeleteRevision(name, func() error {
		return b.note(journal.SchemaRevisionDeleted, &pubsubpb.DeleteSchemaRevisionRequest{Name: name})
	})
}

// DeleteSchema deletes a schema. Topics that have it take no more messages.
func (b *Broker) DeleteSchema(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.schemas.Delete(name, func() error {
		return b.note(journal.SchemaDeleted, &pubsubpb.DeleteSchemaRequest{Name: name})
	})
	if err != nil {
		return err
	}
	b.forgetSchema(name)
	return nil
}

// forgetSchema has topics say that their schema was deleted.
func (b *Broker) forgetSchema(name string) {
	for _, t := range b.topics {
		if t.resource.GetSchemaSettings().GetSchema() == name {
			r := proto.Clone(t.resource).(*pubsubpb.Topic)
			r.SchemaSettings = &pubsubpb.SchemaSettings{Schema: schema.Deleted, Encoding: r.SchemaSettings.Encoding}
			b.putTopic(r)
		}
	}
}

// applySchema validates messages by a topic's schema, and says in their attributes which
// revision they are of.
func (b *Broker) applySchema(s *pubsubpb.SchemaSettings, messages []*pubsubpb.PubsubMessage) error {
	if s == nil {
		return nil
	}
	for _, m := range messages {
		id, err := b.schemas.Match(s, m.Data)
		if err != nil {
			return err
		}
		attributes := make(map[string]string, len(m.Attributes)+3)
		maps.Copy(attributes, m.Attributes)
		attributes["googclient_schemaencoding"] = s.Encoding.String()
		attributes["googclient_schemaname"] = s.Schema
		attributes["googclient_schemarevisionid"] = id
		m.Attributes = attributes
	}
	return nil
}
