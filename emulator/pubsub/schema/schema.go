// Package schema keeps the schemas of messages, with their revisions, and validates messages
// against them: Avro and protocol buffers, in binary form and as JSON. Its errors are gRPC
// statuses, as the service has them.
package schema

import (
	"fmt"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// maxDefinition is how many bytes a definition may have (cloud.google.com/pubsub/quotas).
const maxDefinition = 300_000

// Schema is a definition that was read.
type Schema interface {
	// Validate returns why data isn't a message of the schema.
	Validate(data []byte, encoding pubsubpb.Encoding) error
	// Follows returns why a schema can't be the revision after another one of its type.
	Follows(before Schema) error
}

// Parse reads the definition of a schema.
func Parse(s *pubsubpb.Schema) (Schema, error) {
	if n := len(s.Definition) + len(s.GetCompiledProtoSchema().GetCompiledBytes()); n == 0 || n > maxDefinition {
		return nil, status.Errorf(codes.InvalidArgument, "The schema's definition has %d bytes: want 1 to %d.", n, maxDefinition)
	}
	var parsed Schema
	var err error
	compiled := s.GetCompiledProtoSchema()
	switch {
	case s.Type == pubsubpb.Schema_PROTOCOL_BUFFER && compiled != nil:
		parsed, err = parseCompiled(compiled)
	case s.Type == pubsubpb.Schema_PROTOCOL_BUFFER:
		parsed, err = parseProto(s.Definition)
	case s.Type == pubsubpb.Schema_AVRO && compiled == nil:
		parsed, err = parseAvro(s.Definition)
	default:
		err = fmt.Errorf("its type is %v: want AVRO, or PROTOCOL_BUFFER", s.Type)
	}
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "Invalid schema definition: %v.", err)
	}
	return parsed, nil
}

// Validate returns why data isn't a message of a schema.
func Validate(s Schema, data []byte, encoding pubsubpb.Encoding) error {
	if encoding != pubsubpb.Encoding_JSON && encoding != pubsubpb.Encoding_BINARY {
		return status.Errorf(codes.InvalidArgument, "Invalid encoding %v: want JSON or BINARY.", encoding)
	}
	if err := s.Validate(data, encoding); err != nil {
		return status.Errorf(codes.InvalidArgument, "Invalid data in message: Message failed schema validation: %v.", err)
	}
	return nil
}
