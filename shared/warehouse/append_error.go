package warehouse

import (
	"errors"
	"fmt"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// ErrTableMissing marks an append to a table that doesn't exist.
var ErrTableMissing = errors.New("the table doesn't exist: create it (terraform apply in the cloud, a restart of the runner locally)")

// RefusedError says that the warehouse has read rows and refused them. It would refuse
// them again.
type RefusedError struct {
	Table string // dataset.table
	Rows  int    // how many rows were refused; 0 if it was the request as a whole
	First string // what is wrong with the first of them
}

func (e *RefusedError) Error() string {
	if e.Rows == 0 {
		return fmt.Sprintf("%s refused the rows: %s", e.Table, e.First)
	}
	return fmt.Sprintf("%s refused %d rows, the first because: %s", e.Table, e.Rows, e.First)
}

// classify returns a failure as one of the kinds of errors of Appender.Append.
func classify(table string, err error) error {
	var refused *RefusedError
	if errors.As(err, &refused) || errors.Is(err, ErrColumnMissing) {
		return err
	}
	if lacksColumn(err) {
		return fmt.Errorf("%s: %w (%w)", table, ErrColumnMissing, err)
	}
	switch code(err) {
	case codes.NotFound:
		return fmt.Errorf("%w (%w)", ErrTableMissing, err)
	case codes.InvalidArgument, codes.OutOfRange:
		return &RefusedError{Table: table, First: err.Error()}
	}
	return err
}

// lacksColumn reports whether an error says that the table lacks a column. BigQuery may
// say so for some minutes after the column was added.
func lacksColumn(err error) bool {
	var withStatus interface{ GRPCStatus() *status.Status }
	if !errors.As(err, &withStatus) {
		return false
	}
	for _, d := range withStatus.GRPCStatus().Details() {
		if e, ok := d.(*storagepb.StorageError); ok && e.GetCode() == storagepb.StorageError_SCHEMA_MISMATCH_EXTRA_FIELDS {
			return true
		}
	}
	return false
}

// code returns the gRPC status code of an error that may be wrapped.
func code(err error) codes.Code {
	var withStatus interface{ GRPCStatus() *status.Status }
	if errors.As(err, &withStatus) {
		return withStatus.GRPCStatus().Code()
	}
	return codes.Unknown
}
