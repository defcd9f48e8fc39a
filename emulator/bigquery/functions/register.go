// Package functions adds to DuckDB what GoogleSQL has and DuckDB lacks: SQL
// macros where an expression suffices, functions in Go elsewhere. Their names
// begin with bq_.
//
// Every function but those marked otherwise returns NULL if an argument is
// NULL, and is pure, so that DuckDB may fold it.
package functions

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/duckdb/duckdb-go/v2"
)

// scalar is a function in Go. The type of an argument or result is DuckDB's.
type scalar struct {
	name     string
	args     []duckdb.Type
	variadic duckdb.Type // of further arguments; 0 for none
	result   duckdb.Type
	nulls    bool // takes NULL itself
	call     func(args []driver.Value) (any, error)
}

// Short names of DuckDB's types in the tables of functions.
const (
	text      = duckdb.TYPE_VARCHAR
	integer   = duckdb.TYPE_BIGINT
	double    = duckdb.TYPE_DOUBLE
	boolean   = duckdb.TYPE_BOOLEAN
	blob      = duckdb.TYPE_BLOB
	date      = duckdb.TYPE_DATE
	clock     = duckdb.TYPE_TIME
	timestamp = duckdb.TYPE_TIMESTAMP
)

// Schema holds the macros: a database in memory, because a file must not refer
// to functions that exist only while the emulator runs.
const Schema = "bq_functions.main"

// Attach makes Schema known to a connection, after the schema main of the
// database of a name.
func Attach(database string) []string {
	return []string{
		"ATTACH IF NOT EXISTS ':memory:' AS bq_functions",
		"SET search_path = '" + database + ".main," + Schema + "'",
	}
}

// groups are the tables of functions, one a family.
var groups = [][]scalar{
	castFunctions, decimalFunctions, timeFormatFunctions, timeParseFunctions, textFunctions, bytesFunctions,
	regexpFunctions, jsonReadFunctions, jsonWriteFunctions, formatFunctions, networkFunctions, intervalFunctions,
	otherFunctions,
}

// Register adds all functions to a database.
func Register(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to register functions: %w", err)
	}
	defer conn.Close()
	for _, group := range groups {
		for _, s := range group {
			if err := s.register(conn); err != nil {
				return fmt.Errorf("register %s: %w", s.name, err)
			}
		}
	}
	for _, m := range macros {
		if _, err := conn.ExecContext(ctx, "CREATE OR REPLACE MACRO "+Schema+"."+m); err != nil {
			return fmt.Errorf("create macro %s: %w", m, err)
		}
	}
	return nil
}

func (s scalar) register(conn *sql.Conn) error {
	f := &udf{executor: duckdb.ScalarFuncExecutor{RowExecutor: s.call}}
	for _, t := range s.args {
		info, err := duckdb.NewTypeInfo(t)
		if err != nil {
			return err
		}
		f.config.InputTypeInfos = append(f.config.InputTypeInfos, info)
	}
	var err error
	if s.variadic != 0 {
		if f.config.VariadicTypeInfo, err = duckdb.NewTypeInfo(s.variadic); err != nil {
			return err
		}
	}
	if f.config.ResultTypeInfo, err = resultType(s.result); err != nil {
		return err
	}
	f.config.SpecialNullHandling = s.nulls
	return duckdb.RegisterScalarUDF(conn, s.name, f)
}

// textList marks a result that is a list of texts.
const textList = duckdb.TYPE_LIST

func resultType(t duckdb.Type) (duckdb.TypeInfo, error) {
	if t != textList {
		return duckdb.NewTypeInfo(t)
	}
	element, err := duckdb.NewTypeInfo(text)
	if err != nil {
		return nil, err
	}
	return duckdb.NewListInfo(element)
}

// udf implements the driver's interface for functions.
type udf struct {
	config   duckdb.ScalarFuncConfig
	executor duckdb.ScalarFuncExecutor
}

func (f *udf) Config() duckdb.ScalarFuncConfig     { return f.config }
func (f *udf) Executor() duckdb.ScalarFuncExecutor { return f.executor }
