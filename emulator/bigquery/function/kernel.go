package function

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Decimal is the type DECIMAL(38,9) of a Kernel.
const Decimal = duckdb.TYPE_DECIMAL

// Kernel is a function in C that DuckDB calls with whole vectors. It is pure: DuckDB may fold it.
type Kernel struct {
	Name   string
	Args   Types
	Result duckdb.Type
	Code   unsafe.Pointer // a duckdb_scalar_function_t
}

// register adds the function to the database of a connection.
func (k Kernel) register(conn *sql.Conn) error {
	f := mapping.CreateScalarFunction()
	defer mapping.DestroyScalarFunction(&f)
	mapping.ScalarFunctionSetName(f, k.Name)
	for _, arg := range k.Args {
		withType(arg, func(t mapping.LogicalType) { mapping.ScalarFunctionAddParameter(f, t) })
	}
	withType(k.Result, func(t mapping.LogicalType) { mapping.ScalarFunctionSetReturnType(f, t) })
	mapping.ScalarFunctionSetFunction(f, k.Code)
	return conn.Raw(func(driver any) error {
		handle, err := handleOf(driver)
		if err != nil {
			return err
		}
		if mapping.RegisterScalarFunction(handle, f) == mapping.StateError {
			return errors.New("DuckDB doesn't take the function")
		}
		return nil
	})
}

func withType(t duckdb.Type, use func(mapping.LogicalType)) {
	l := mapping.CreateDecimalType(38, 9)
	if t != Decimal {
		mapping.DestroyLogicalType(&l)
		l = mapping.CreateLogicalType(t)
	}
	defer mapping.DestroyLogicalType(&l)
	use(l)
}

// handleOf is DuckDB's connection in one of the driver's, which registers functions in Go only.
func handleOf(driver any) (mapping.Connection, error) {
	if c, ok := driver.(*duckdb.Conn); ok {
		if field := reflect.ValueOf(c).Elem().FieldByName("conn"); field.IsValid() && field.Type() == reflect.TypeFor[mapping.Connection]() {
			return mapping.Connection{Ptr: field.FieldByName("Ptr").UnsafePointer()}, nil
		}
	}
	return mapping.Connection{}, fmt.Errorf("a connection of type %T doesn't have DuckDB's in its field conn: the driver is another than this was written for", driver)
}
