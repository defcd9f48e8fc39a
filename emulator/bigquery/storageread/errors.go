package storageread

import (
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/bigquery/columnar"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

// failed words an error of a session that can't be created.
func failed(code codes.Code, format string, args ...any) error {
	return status.Errorf(code, "request failed: "+format, args...)
}

// streamFailed words an error of a stream.
func streamFailed(code codes.Code, stream, format string, args ...any) error {
	return status.Errorf(code, "there was an error operating on '"+strings.ReplaceAll(stream, "%", "%%")+"': "+format, args...)
}

// asStatus words an error of the engine about the rows of a table. The codes that clients retry are avoided: the same
// request would fail again.
func asStatus(err error, table engine.TableRef, restriction string) error {
	var e *engine.Error
	switch {
	case !errors.As(err, &e):
		if s, ok := status.FromError(err); ok {
			return s.Err()
		}
		return status.Errorf(codes.Unknown, "the emulator failed: %v", err)
	case e.Reason == "notFound":
		return status.Errorf(codes.NotFound, "Not found: Table %s", table)
	case e.Reason == "accessDenied":
		return status.Error(codes.PermissionDenied, "request failed: "+e.Message)
	case e.Reason == "notImplemented":
		return failed(codes.Unimplemented, "%s", e.Message)
	case restriction == "" || strings.HasPrefix(e.Message, "Cannot query over table"):
		return failed(codes.InvalidArgument, "Query error: %s", e.Message)
	}
	return failed(codes.InvalidArgument, "Row filter for table %s is invalid. Filter is '%s': %s", table, restriction, e.Message)
}

// formatFailure words an error of columns that a format has no place for.
func formatFailure(err error) error {
	switch _, ok := status.FromError(err); {
	case ok:
		return err
	case errors.Is(err, columnar.ErrName):
		return failed(codes.InvalidArgument, "%v: read it as ARROW", err)
	}
	return failed(codes.Unimplemented, "%v", err)
}
