package function

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// Native is a function in Go that DuckDB calls. Unless Nulls is set it returns NULL
// if an argument is NULL. It is pure: DuckDB may fold it.
type Native struct {
	Name     string
	Args     Types
	Variadic duckdb.Type // of further arguments; 0 for none
	Result   duckdb.Type
	Nulls    bool // takes NULL itself
	Safe     bool // there is also one whose errors are NULLs, with bq_safe_ in the place of bq_
	Call     func(args []driver.Value) (any, error)
}

// Types are types of DuckDB.
type Types = []duckdb.Type

// The types of arguments and results, by the Go type of their values.
const (
	Text      = duckdb.TYPE_VARCHAR   // string
	Integer   = duckdb.TYPE_BIGINT    // int64
	Double    = duckdb.TYPE_DOUBLE    // float64
	Boolean   = duckdb.TYPE_BOOLEAN   // bool
	Blob      = duckdb.TYPE_BLOB      // []byte
	Date      = duckdb.TYPE_DATE      // time.Time
	Clock     = duckdb.TYPE_TIME      // time.Time
	Timestamp = duckdb.TYPE_TIMESTAMP // time.Time
	Interval  = duckdb.TYPE_INTERVAL  // duckdb.Interval
	TextList  = duckdb.TYPE_LIST      // []string; a result only
)

// Message is an error in BigQuery's own words, which reach the user as they are.
type Message string

func (m Message) Error() string { return string(m) }

// Errorf words an error of a native function.
func Errorf(format string, args ...any) error { return Message(fmt.Sprintf(format, args...)) }

// orNull is the function whose errors are NULLs.
func (n Native) orNull() Native {
	call := n.Call
	n.Name = "bq_safe_" + strings.TrimPrefix(n.Name, "bq_")
	n.Call = func(args []driver.Value) (any, error) {
		out, err := call(args)
		var message Message
		if errors.As(err, &message) {
			return nil, nil
		}
		return out, err
	}
	return n
}

// register adds the function to the database of a connection.
func (n Native) register(conn *sql.Conn) error {
	f := &udf{executor: duckdb.ScalarFuncExecutor{RowExecutor: n.guarded}}
	for _, t := range n.Args {
		info, err := duckdb.NewTypeInfo(t)
		if err != nil {
			return err
		}
		f.config.InputTypeInfos = append(f.config.InputTypeInfos, info)
	}
	var err error
	if n.Variadic != 0 {
		if f.config.VariadicTypeInfo, err = duckdb.NewTypeInfo(n.Variadic); err != nil {
			return err
		}
	}
	if f.config.ResultTypeInfo, err = resultType(n.Result); err != nil {
		return err
	}
	f.config.SpecialNullHandling = n.Nulls
	return duckdb.RegisterScalarUDF(conn, n.Name, f)
}

// guarded makes a panic of the function an error: DuckDB would wait for its result for ever.
// DuckDB also calls a function for what a CASE leaves out, to fold constants.
func (n Native) guarded(args []driver.Value) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("emulator: %s%v: %v", n.Name, args, p)
		}
	}()
	return n.Call(args)
}

func resultType(t duckdb.Type) (duckdb.TypeInfo, error) {
	if t != TextList {
		return duckdb.NewTypeInfo(t)
	}
	element, err := duckdb.NewTypeInfo(Text)
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
