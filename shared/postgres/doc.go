// Package postgres is the warehouse on PostgreSQL: connections, the schema and its
// versions, and appends to the raw tables.
//
// The tables and columns are those of shared/warehouse, from the same files. What a
// dataset is on BigQuery is a schema here. The queries of a stage are in the stage's own
// package.
//
// PostgreSQL 15 to 18 are supported.
package postgres
