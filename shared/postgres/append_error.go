package postgres

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// withoutPartition returns the table whose partition for a row doesn't exist, or an
// empty text if that isn't what an error says.
func withoutPartition(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) && server.Code == codeCheck && server.ConstraintName == "" {
		return server.TableName
	}
	return ""
}

// transient reports whether the same append may succeed a moment later.
func transient(err error) bool {
	code := Code(err)
	var version *VersionError
	switch {
	case errors.As(err, &version):
		return false
	case code == "": // no answer of the server: the connection failed
		return true
	case code == codeTooMany, code == codeDiskFull, code == codeReadOnly, code == codeNoColumn, Conflict(err):
		return true // a column may have been removed after the columns were read
	}
	return strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08") // the server stops or starts; connections
}

// kindError is an error of a kind of package warehouse. The text of the kind itself isn't
// shown: it names BigQuery's remedy.
type kindError struct {
	error
	kind error
}

func (e kindError) Is(target error) bool { return target == e.kind }

func (e kindError) Unwrap() error { return e.error }

// classify returns a failure as one of the kinds of errors of Appender.Append.
func classify(err error) error {
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return Explain(err)
	}
	switch {
	case NoTables(err):
		return kindError{Explain(err), warehouse.ErrTableMissing}
	case server.Code == codeNoColumn:
		return kindError{Explain(err), warehouse.ErrColumnMissing}
	case strings.HasPrefix(server.Code, "22"), strings.HasPrefix(server.Code, "23"):
		return &warehouse.RefusedError{Table: "raw." + server.TableName, First: server.Message}
	}
	return Explain(err)
}
