package pubsub_test

import (
	"strings"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/tallystream/tallystream/emulator/pubsub"
)

const (
	voteV1 = `{"type": "record", "name": "Vote", "fields": [{"name": "id", "type": "string"}]}`
	voteV2 = `{"type": "record", "name": "Vote", "fields": [{"name": "id", "type": "string"}, {"name": "rank", "type": "int", "default": 1}]}`
)

func avro(definition string) *pubsubpb.Schema {
	return &pubsubpb.Schema{Type: pubsubpb.Schema_AVRO, Definition: definition}
}

func (c clients) createSchema(id, definition string) *pubsubpb.Schema {
	c.Helper()
	s, err := c.schemas.CreateSchema(c.ctx(), &pubsubpb.CreateSchemaRequest{Parent: c.project, SchemaId: id, Schema: avro(definition)})
	if err != nil {
		c.Fatal(err)
	}
	return s
}

func (c clients) commit(name, definition string) *pubsubpb.Schema {
	c.Helper()
	s, err := c.schemas.CommitSchema(c.ctx(), &pubsubpb.CommitSchemaRequest{Name: name, Schema: avro(definition)})
	if err != nil {
		c.Fatal(err)
	}
	return s
}

func TestSchemaResources(t *testing.T) {
	c := newClients(t)
	first := c.createSchema("vote", voteV1)
	c.createSchema("voter", voteV1)
	next := c.commit(first.Name, voteV2)
	back, err := c.schemas.RollbackSchema(c.ctx(), &pubsubpb.RollbackSchemaRequest{Name: first.Name, RevisionId: first.RevisionId})
	if err != nil {
		t.Fatal(err)
	}
	get := func(name string, view pubsubpb.SchemaView) string {
		s, err := c.schemas.GetSchema(c.ctx(), &pubsubpb.GetSchemaRequest{Name: name, View: view})
		if err != nil {
			t.Fatal(err)
		}
		return s.RevisionId + " " + s.Definition
	}
	for name, test := range map[string]struct{ got, want string }{
		"last":         {get(first.Name, pubsubpb.SchemaView_FULL), back.RevisionId + " " + voteV1},
		"of a name":    {get(first.Name+"@"+next.RevisionId, pubsubpb.SchemaView_SCHEMA_VIEW_UNSPECIFIED), next.RevisionId + " " + voteV2},
		"without text": {get(first.Name, pubsubpb.SchemaView_BASIC), back.RevisionId + " "},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", name, test.got, test.want)
		}
	}
	var revisions []string
	for token := ""; ; {
		page, err := c.schemas.ListSchemaRevisions(c.ctx(), &pubsubpb.ListSchemaRevisionsRequest{Name: first.Name, PageSize: 2, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Schemas {
			revisions = append(revisions, s.RevisionId+s.Definition)
		}
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{back.RevisionId, next.RevisionId, first.RevisionId}, revisions); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
	listed, err := c.schemas.ListSchemas(c.ctx(), &pubsubpb.ListSchemasRequest{Parent: c.project, View: pubsubpb.SchemaView_FULL})
	if err != nil || len(listed.Schemas) != 2 || listed.Schemas[0].RevisionId != back.RevisionId || listed.Schemas[0].Definition == "" {
		t.Errorf("listed %v (%v), want both schemas", listed, err)
	}
	left, err := c.schemas.DeleteSchemaRevision(c.ctx(), &pubsubpb.DeleteSchemaRevisionRequest{Name: first.Name + "@" + back.RevisionId})
	if err != nil || left.RevisionId != next.RevisionId {
		t.Errorf("left %v (%v), want %s", left, err, next.RevisionId)
	}
	for name, test := range map[string]struct {
		err  error
		code codes.Code
	}{
		"exists":        {second(c.schemas.CreateSchema(c.ctx(), &pubsubpb.CreateSchemaRequest{Parent: c.project, SchemaId: "vote", Schema: avro(voteV1)})), codes.AlreadyExists},
		"name":          {second(c.schemas.CreateSchema(c.ctx(), &pubsubpb.CreateSchemaRequest{Parent: c.project, SchemaId: "1", Schema: avro(voteV1)})), codes.InvalidArgument},
		"incompatible":  {second(c.schemas.CommitSchema(c.ctx(), &pubsubpb.CommitSchemaRequest{Name: first.Name, Schema: avro(`"int"`)})), codes.InvalidArgument},
		"another type":  {second(c.schemas.CommitSchema(c.ctx(), &pubsubpb.CommitSchemaRequest{Name: first.Name, Schema: &pubsubpb.Schema{Type: pubsubpb.Schema_PROTOCOL_BUFFER, Definition: `syntax = "proto3"; message M {}`}})), codes.InvalidArgument},
		"no definition": {second(c.schemas.ValidateSchema(c.ctx(), &pubsubpb.ValidateSchemaRequest{Parent: c.project})), codes.InvalidArgument},
		"only revision": {second(c.schemas.DeleteSchemaRevision(c.ctx(), &pubsubpb.DeleteSchemaRevisionRequest{Name: listed.Schemas[1].Name + "@" + listed.Schemas[1].RevisionId})), codes.FailedPrecondition},
		"none":          {second(c.schemas.GetSchema(c.ctx(), &pubsubpb.GetSchemaRequest{Name: c.project + "/schemas/none"})), codes.NotFound},
		"no revision":   {second(c.schemas.GetSchema(c.ctx(), &pubsubpb.GetSchemaRequest{Name: first.Name + "@00000000"})), codes.NotFound},
	} {
		if status.Code(test.err) != test.code {
			t.Errorf("%s: %v, want %v", name, test.err, test.code)
		}
	}
	validate := func(r *pubsubpb.ValidateMessageRequest) error {
		r.Parent, r.Encoding = c.project, pubsubpb.Encoding_JSON
		return second(c.schemas.ValidateMessage(c.ctx(), r))
	}
	named := &pubsubpb.ValidateMessageRequest_Name{Name: first.Name + "@" + first.RevisionId}
	if err := validate(&pubsubpb.ValidateMessageRequest{SchemaSpec: named, Message: []byte(`{"id": "a"}`)}); err != nil {
		t.Error(err)
	}
	if err := validate(&pubsubpb.ValidateMessageRequest{SchemaSpec: &pubsubpb.ValidateMessageRequest_Schema{Schema: avro(voteV2)}, Message: []byte(`{"id": "a"}`)}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("a message without rank: %v, want InvalidArgument", err)
	}
}

// A topic takes messages that are valid by a revision that its settings admit, and says in
// their attributes by which. This survives a restart.
func TestTopicWithSchema(t *testing.T) {
	o := pubsub.Options{Dir: t.TempDir()}
	s := server(t, o)
	c := connect(t, s.Addr())
	first := c.createSchema("vote", voteV1)
	second := c.commit(first.Name, voteV2)
	settings := &pubsubpb.SchemaSettings{Schema: first.Name, Encoding: pubsubpb.Encoding_JSON}
	topic, err := c.pub.CreateTopic(c.ctx(), &pubsubpb.Topic{Name: c.topicName("topic"), SchemaSettings: settings})
	if err != nil {
		t.Fatal(err)
	}
	sub := c.subscribe("sub", nil)
	publish := func(data string) error {
		_, err := c.pub.Publish(c.ctx(), &pubsubpb.PublishRequest{Topic: topic.Name, Messages: []*pubsubpb.PubsubMessage{{Data: []byte(data), Attributes: map[string]string{"own": "1"}}}})
		return err
	}
	is := func(data, revision string) {
		t.Helper()
		if err := publish(data); err != nil {
			t.Fatal(err)
		}
		m := c.pull(sub, 1)[0]
		c.ack(sub, m)
		want := map[string]string{"own": "1", "googclient_schemaencoding": "JSON", "googclient_schemaname": first.Name, "googclient_schemarevisionid": revision}
		if diff := cmp.Diff(want, m.Message.Attributes); diff != "" {
			t.Errorf("attributes of %s (-want +got):\n%s", data, diff)
		}
	}
	is(`{"id": "a"}`, first.RevisionId)
	is(`{"id": "a", "rank": 2}`, second.RevisionId)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	c = connect(t, server(t, o).Addr())
	is(`{"id": "b"}`, first.RevisionId)
	if err := publish(`{"id": 1}`); status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "id is 1") {
		t.Errorf("a message that isn't valid: %v, want InvalidArgument that says why", err)
	}
	settings.FirstRevisionId = second.RevisionId
	_, err = c.pub.UpdateTopic(c.ctx(), &pubsubpb.UpdateTopicRequest{
		Topic:      &pubsubpb.Topic{Name: topic.Name, SchemaSettings: settings},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"schema_settings.first_revision_id"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := publish(`{"id": "a"}`); status.Code(err) != codes.InvalidArgument {
		t.Errorf("a message of an older revision than admitted: %v, want InvalidArgument", err)
	}
	for name, bad := range map[string]*pubsubpb.SchemaSettings{
		"no encoding": {Schema: first.Name}, "no schema": {Schema: first.Name + "x", Encoding: pubsubpb.Encoding_JSON},
		"no revision": {Schema: first.Name, Encoding: pubsubpb.Encoding_JSON, LastRevisionId: "00000000"},
		"backwards":   {Schema: first.Name, Encoding: pubsubpb.Encoding_JSON, FirstRevisionId: second.RevisionId, LastRevisionId: first.RevisionId},
	} {
		if _, err := c.pub.CreateTopic(c.ctx(), &pubsubpb.Topic{Name: c.topicName("bad"), SchemaSettings: bad}); err == nil {
			t.Errorf("%s: the topic is made", name)
		}
	}
	if _, err := c.schemas.DeleteSchema(c.ctx(), &pubsubpb.DeleteSchemaRequest{Name: first.Name}); err != nil {
		t.Fatal(err)
	}
	got, err := c.pub.GetTopic(c.ctx(), &pubsubpb.GetTopicRequest{Topic: topic.Name})
	if err != nil || got.SchemaSettings.Schema != "_deleted-schema_" {
		t.Errorf("the topic has %v (%v), want a deleted schema", got.GetSchemaSettings(), err)
	}
	if err := publish(`{"id": "a", "rank": 2}`); status.Code(err) != codes.FailedPrecondition {
		t.Errorf("publish with a deleted schema: %v, want FailedPrecondition", err)
	}
}
