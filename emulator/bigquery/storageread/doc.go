// Package storageread serves the Storage Read API of BigQuery, google.cloud.bigquery.storage.v1.BigQueryRead: sessions
// over the rows of a table or of a query's result, as they are when the session is created, in Avro or Arrow.
//
// The schemas are those of https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details and
// https://cloud.google.com/bigquery/docs/reference/storage#avro_schema_details.
package storageread
