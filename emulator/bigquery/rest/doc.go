// Package rest serves BigQuery's REST API, version 2, from an engine: datasets,
// tables and views, rows, query, load and copy jobs, uploads, and the discovery
// document that the bq tool asks for.
//
// It holds what belongs to the wire alone: jobs and their results, upload
// sessions and the ids of streamed rows, all in memory and bounded. Everything
// durable is the engine's. There is no authentication: credentials are accepted
// and ignored, so serve it on a loopback address only.
package rest
