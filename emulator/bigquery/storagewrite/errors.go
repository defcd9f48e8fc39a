package storagewrite

import (
	"errors"
	"fmt"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

// fail makes a status that names the entity, as BigQuery's do.
func fail(code codes.Code, entity, format string, args ...any) *status.Status {
	return status.Newf(code, "%s Entity: %s", fmt.Sprintf(format, args...), entity)
}

// storageFail is fail with the API's own classification.
func storageFail(code codes.Code, kind storagepb.StorageError_StorageErrorCode, entity, format string, args ...any) *status.Status {
	s := fail(code, entity, format, args...)
	detailed, err := s.WithDetails(&storagepb.StorageError{Code: kind, Entity: entity, ErrorMessage: s.Message()})
	if err != nil {
		return s // only a message that can't be marshalled gets here
	}
	return detailed
}

// asStatus classifies an error of the engine. The codes that clients retry are
// avoided: the same rows would fail again.
func asStatus(err error, entity string) *status.Status {
	var e *engine.Error
	if !errors.As(err, &e) {
		if s, ok := status.FromError(err); ok {
			return s
		}
		return fail(codes.Unknown, entity, "The emulator failed: %v", err)
	}
	switch e.Reason {
	case "notFound":
		return storageFail(codes.NotFound, storagepb.StorageError_TABLE_NOT_FOUND, entity, "Requested entity was not found.")
	case "notImplemented":
		return fail(codes.Unimplemented, entity, "%s", e.Message)
	}
	return fail(codes.InvalidArgument, entity, "%s", e.Message)
}
