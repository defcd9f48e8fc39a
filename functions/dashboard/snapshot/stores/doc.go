// Package stores reads the analytics tables, in BigQuery or in PostgreSQL. A client goes in; what
// comes out is a snapshot.Store.
package stores
