package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tallystream/tallystream/emulator/pubsub/broker"
	"github.com/tallystream/tallystream/emulator/pubsub/schema"
)

// Schemas serves google.pubsub.v1.SchemaService.
type Schemas struct {
	pubsubpb.UnimplementedSchemaServiceServer
	Broker *broker.Broker
}

// CreateSchema makes a schema with its first revision.
func (s Schemas) CreateSchema(_ context.Context, r *pubsubpb.CreateSchemaRequest) (*pubsubpb.Schema, error) {
	name := r.Parent + "/schemas/" + r.SchemaId
	if r.SchemaId == "" {
		name = r.GetSchema().GetName()
	}
	if err := checkName("schemas", name); err != nil {
		return nil, err
	}
	created := newRevision(name, r.Schema)
	return created, s.Broker.AddSchema(created, schema.First)
}

// newRevision returns a schema as a new revision under a name.
func newRevision(name string, s *pubsubpb.Schema) *pubsubpb.Schema {
	id := make([]byte, 4)
	_, _ = rand.Read(id) // never fails
	created := &pubsubpb.Schema{}
	if s != nil {
		created = proto.Clone(s).(*pubsubpb.Schema)
	}
	created.Name, created.RevisionId = name, hex.EncodeToString(id)
	created.RevisionCreateTime = timestamppb.New(time.Now().Truncate(time.Microsecond))
	return created
}

// CommitSchema adds a revision to a schema.
func (s Schemas) CommitSchema(_ context.Context, r *pubsubpb.CommitSchemaRequest) (*pubsubpb.Schema, error) {
	created := newRevision(r.Name, r.Schema)
	return created, s.Broker.AddSchema(created, schema.Next)
}

// RollbackSchema adds a revision that is a copy of an earlier one.
func (s Schemas) RollbackSchema(_ context.Context, r *pubsubpb.RollbackSchemaRequest) (*pubsubpb.Schema, error) {
	if r.RevisionId == "" {
		return nil, status.Error(codes.InvalidArgument, "A rollback needs the revision_id of the revision to go back to.")
	}
	old, err := s.Broker.Schemas().Get(r.Name + "@" + r.RevisionId)
	if err != nil {
		return nil, err
	}
	created := newRevision(r.Name, old)
	return created, s.Broker.AddSchema(created, schema.Again)
}

// GetSchema returns a revision of a schema, with its definition unless asked otherwise.
func (s Schemas) GetSchema(_ context.Context, r *pubsubpb.GetSchemaRequest) (*pubsubpb.Schema, error) {
	found, err := s.Broker.Schemas().Get(r.Name)
	if err != nil {
		return nil, err
	}
	return viewed(found, r.View != pubsubpb.SchemaView_BASIC), nil
}

// viewed returns a schema, without its definition unless that is wanted.
func viewed(s *pubsubpb.Schema, full bool) *pubsubpb.Schema {
	if full {
		return s
	}
	return &pubsubpb.Schema{Name: s.Name, Type: s.Type, RevisionId: s.RevisionId, RevisionCreateTime: s.RevisionCreateTime}
}

// ListSchemas returns the schemas of a project, without definitions unless asked for.
func (s Schemas) ListSchemas(_ context.Context, r *pubsubpb.ListSchemasRequest) (*pubsubpb.ListSchemasResponse, error) {
	list, next := pageOf(s.Broker.Schemas().Latest(r.Parent), r.PageSize, r.PageToken, r.View, func(s *pubsubpb.Schema) string { return s.Name })
	return &pubsubpb.ListSchemasResponse{Schemas: list, NextPageToken: next}, nil
}

// ListSchemaRevisions returns the revisions of a schema, the newest first, without
// definitions unless asked for.
func (s Schemas) ListSchemaRevisions(_ context.Context, r *pubsubpb.ListSchemaRevisionsRequest) (*pubsubpb.ListSchemaRevisionsResponse, error) {
	all, err := s.Broker.Schemas().Revisions(r.Name)
	if err != nil {
		return nil, err
	}
	list, next := pageOf(all, r.PageSize, r.PageToken, r.View, func(s *pubsubpb.Schema) string { return s.RevisionId })
	return &pubsubpb.ListSchemaRevisionsResponse{Schemas: list, NextPageToken: next}, nil
}

// pageOf returns a page of schemas and the token of the next one: the key of its own last.
func pageOf(all []*pubsubpb.Schema, size int32, token string, view pubsubpb.SchemaView, key func(*pubsubpb.Schema) string) (list []*pubsubpb.Schema, next string) {
	skip := token != ""
	for _, s := range all {
		switch {
		case skip:
			skip = key(s) != token
			continue
		case size > 0 && len(list) == int(size):
			return list, key(list[len(list)-1])
		}
		list = append(list, viewed(s, view == pubsubpb.SchemaView_FULL))
	}
	return list, ""
}

// DeleteSchemaRevision deletes a revision and returns the last one that is left.
func (s Schemas) DeleteSchemaRevision(_ context.Context, r *pubsubpb.DeleteSchemaRevisionRequest) (*pubsubpb.Schema, error) {
	name := r.Name
	//lint:ignore SA1019 clients of before @ still send it
	if id := r.RevisionId; !strings.Contains(name, "@") && id != "" {
		name += "@" + id
	}
	schemaName, _, ok := strings.Cut(name, "@")
	if !ok {
		return nil, status.Errorf(codes.InvalidArgument, "Invalid name %s: want projects/PROJECT/schemas/ID@REVISION.", name)
	}
	if err := s.Broker.DeleteSchemaRevision(name); err != nil {
		return nil, err
	}
	return s.Broker.Schemas().Get(schemaName)
}

// DeleteSchema deletes a schema with its revisions.
func (s Schemas) DeleteSchema(_ context.Context, r *pubsubpb.DeleteSchemaRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.Broker.DeleteSchema(r.Name)
}

// ValidateSchema says whether a definition can be a schema's.
func (s Schemas) ValidateSchema(_ context.Context, r *pubsubpb.ValidateSchemaRequest) (*pubsubpb.ValidateSchemaResponse, error) {
	if _, err := schema.Parse(orNone(r.Schema)); err != nil {
		return nil, err
	}
	return &pubsubpb.ValidateSchemaResponse{}, nil
}

func orNone(s *pubsubpb.Schema) *pubsubpb.Schema {
	if s == nil {
		return &pubsubpb.Schema{}
	}
	return s
}

// ValidateMessage says whether a message is valid by a schema, which is named or given.
func (s Schemas) ValidateMessage(_ context.Context, r *pubsubpb.ValidateMessageRequest) (*pubsubpb.ValidateMessageResponse, error) {
	definition := orNone(r.GetSchema())
	if name := r.GetName(); name != "" {
		found, err := s.Broker.Schemas().Get(name)
		if err != nil {
			return nil, err
		}
		definition = found
	}
	parsed, err := schema.Parse(definition)
	if err != nil {
		return nil, err
	}
	if err := schema.Validate(parsed, r.Message, r.Encoding); err != nil {
		return nil, err
	}
	return &pubsubpb.ValidateMessageResponse{}, nil
}
