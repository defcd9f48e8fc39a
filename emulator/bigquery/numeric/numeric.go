// Package numeric is the arithmetic of NUMERIC on vectors of DuckDB, in C: exact, rounded half away from zero, and an error
// where a result has more than 29 digits before the point. DuckDB's own DECIMAL has fewer digits for products, takes
// microseconds to round one of more than 18, and ten times as long to add two.
package numeric

// #include "numeric.h"
import "C"

import "unsafe"

// The functions, as DuckDB's C API takes the function of a scalar function (duckdb_scalar_function_t). All take a
// DECIMAL(38,9), and all but Integer return one. A result of a NULL is NULL.
var (
	Add       = unsafe.Pointer(C.numeric_add)       // a DECIMAL(38,9)
	Subtract  = unsafe.Pointer(C.numeric_subtract)  // a DECIMAL(38,9)
	Multiply  = unsafe.Pointer(C.numeric_multiply)  // by a DECIMAL(38,9)
	Divide    = unsafe.Pointer(C.numeric_divide)    // by a DECIMAL(38,9)
	Quotient  = unsafe.Pointer(C.numeric_quotient)  // the whole part of a division by a DECIMAL(38,9)
	Remainder = unsafe.Pointer(C.numeric_remainder) // of a division by a DECIMAL(38,9)
	Round     = unsafe.Pointer(C.numeric_round)     // to as many digits after the point as a BIGINT says
	Integer   = unsafe.Pointer(C.numeric_integer)   // the BIGINT that it is rounded to
	Truncate  = unsafe.Pointer(C.numeric_truncate)  // to as many digits after the point as a BIGINT says
)
