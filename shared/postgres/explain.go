package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"

	"github.com/jackc/pgx/v5/pgconn"
)

// Codes of errors, from appendix A of PostgreSQL's manual.
const (
	codeSerialization   = "40001"
	codeDeadlock        = "40P01"
	codeLockUnavailable = "55P03"
	codeNoPassword      = "28000"
	codeWrongPassword   = "28P01"
	codeNoDatabase      = "3D000"
	codeTooMany         = "53300"
	codeDiskFull        = "53100"
	codeNoPrivilege     = "42501"
	codeNoTable         = "42P01"
	codeNoSchema        = "3F000"
	codeNoColumn        = "42703"
	codeNoFunction      = "42883"
	codeCheck           = "23514" // also: no partition for the row
	codeReadOnly        = "25006"
	codeShutdown        = "57P01"
	codeCrash           = "57P02"
	codeStarting        = "57P03"
)

// sentences say what an error means, which setting it is about, and the remedy.
var sentences = map[string]string{
	codeNoPassword:    "PostgreSQL doesn't let this user in: DATABASE_URL names a user or a way to connect (sslmode) that pg_hba.conf doesn't have: correct one of them",
	codeWrongPassword: "PostgreSQL refuses the password: DATABASE_URL has the wrong user or password: correct it",
	codeNoDatabase:    "there is no such database: DATABASE_URL names one that the server doesn't have: create it, or correct the name",
	codeTooMany:       "PostgreSQL has no connection left: raise max_connections, or set pool_max_conns in DATABASE_URL lower",
	codeDiskFull:      "PostgreSQL's disk is full: give it more, nothing is acknowledged until then",
	codeNoPrivilege:   "the user of DATABASE_URL lacks a privilege: give it what docs/postgres.md says for this function",
	codeNoTable:       "a table doesn't exist in the database of DATABASE_URL: create it with: go run ./local migrate",
	codeNoSchema:      "a schema doesn't exist in the database of DATABASE_URL: create it with: go run ./local migrate",
	codeNoColumn:      "a column doesn't exist in the database of DATABASE_URL: add it with: go run ./local migrate",
	codeNoFunction:    "a function doesn't exist in the database of DATABASE_URL: create it with: go run ./local migrate",
	codeReadOnly:      "the server of DATABASE_URL takes no changes: it is a standby: name the primary (several hosts with target_session_attrs=read-write find it)",
	codeShutdown:      "PostgreSQL is being stopped: this is tried again",
	codeCrash:         "PostgreSQL has crashed and starts again: this is tried again",
	codeStarting:      "PostgreSQL is starting: this is tried again",
}

// Explain puts a sentence before an error whose cause is known: what is wrong, the
// setting that it depends on and the remedy. Other errors are returned as they are. No
// text of it holds the password.
func Explain(err error) error {
	if err == nil {
		return nil
	}
	var server *pgconn.PgError
	var unconnected *pgconn.ConnectError
	var network net.Error
	var instance *instanceError
	switch {
	case errors.As(err, &server):
		if sentence := sentences[server.Code]; sentence != "" {
			return fmt.Errorf("%s (%w)", sentence, err)
		}
	case errors.Is(err, context.Canceled):
	case errors.As(err, &instance):
		return instance
	case errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &unconnected):
		return fmt.Errorf("PostgreSQL doesn't answer in time: see that it can be reached and isn't overloaded, and that pool_max_conns in DATABASE_URL isn't too low (%w)", err)
	case errors.As(err, &unconnected), errors.As(err, &network):
		return fmt.Errorf("PostgreSQL can't be reached: see that it runs, and that DATABASE_URL has the right host and port (%w)", err)
	}
	return err
}

// Conflict reports whether a transaction failed because another one ran at the same time.
func Conflict(err error) bool {
	switch Code(err) {
	case codeSerialization, codeDeadlock, codeLockUnavailable:
		return true
	}
	return false
}

// NoTables reports whether an error says that the tables haven't been created yet.
func NoTables(err error) bool {
	switch Code(err) {
	case codeNoTable, codeNoSchema, codeNoFunction:
		return true
	}
	return false
}

// Code returns the code of an error of the server, or an empty text.
func Code(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return server.Code
	}
	return ""
}

var anyURL = regexp.MustCompile("`[^`]*`")

// withoutURL removes the URL from the text of an error, since it may hold a password.
func withoutURL(err error) error {
	return errors.New(anyURL.ReplaceAllString(err.Error(), "its value"))
}
