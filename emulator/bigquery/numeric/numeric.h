#ifndef NUMERIC_H
#define NUMERIC_H

// The functions of DuckDB's C API that are used here, as its duckdb.h declares them. They are linked with the driver.

#include <stdint.h>

typedef struct _duckdb_function_info *duckdb_function_info;
typedef struct _duckdb_data_chunk *duckdb_data_chunk;
typedef struct _duckdb_vector *duckdb_vector;

extern uint64_t duckdb_data_chunk_get_size(duckdb_data_chunk chunk);
extern duckdb_vector duckdb_data_chunk_get_vector(duckdb_data_chunk chunk, uint64_t column);
extern void *duckdb_vector_get_data(duckdb_vector vector);
extern uint64_t *duckdb_vector_get_validity(duckdb_vector vector);
extern void duckdb_vector_ensure_validity_writable(duckdb_vector vector);
extern void duckdb_scalar_function_set_error(duckdb_function_info info, const char *error);

// Scalar functions of DuckDB: of two DECIMAL(38,9)s, or of one and a BIGINT, to a DECIMAL(38,9).
void numeric_add(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
void numeric_subtract(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
void numeric_multiply(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
void numeric_divide(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
void numeric_quotient(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
void numeric_remainder(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
void numeric_round(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
void numeric_truncate(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);

// From a DECIMAL(38,9) to the BIGINT that it is rounded to.
void numeric_integer(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);

#endif
