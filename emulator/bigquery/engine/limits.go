package engine

import (
	"time"
)

// BigQuery keeps the result of a query for 24 hours, and answers the same query
// with it, for nothing, while the tables are what they were:
// https://cloud.google.com/bigquery/docs/cached-results. Unlike BigQuery's, this
// cache also serves tables that rows stream into, once they have stopped.
const (
	resultAge  = 24 * time.Hour
	maxResults = 64
	// A larger result isn't kept.
	maxResultRows = 10_000
)

// maxViewDepth is BigQuery's limit of nested views.
const maxViewDepth = 16

// maxPlans bounds the cache of plans, and that of split scripts.
const maxPlans = 2000
