package rest

import (
	"time"
)

// How many entries a list has whose request names no maxResults.
const (
	defaultPageEntries = 1000 // of datasets, tables and projects
	defaultPageJobs    = 50
)

// maxSeen bounds the list of projects. A project needs no creation: it exists
// once a request names it.
const maxSeen = 1000

// defaultPageRows is how many rows of a table are read for one page; the page's
// size in bytes may end it earlier.
const defaultPageRows = 50_000

// maxInsertRows is BigQuery's limit for one insertAll request.
const maxInsertRows = 50_000

// maxRunning is how many jobs run at a time; the others are PENDING. BigQuery's
// own concurrency is dynamic and of this order.
const maxRunning = 100

// maxJob is how long a job may run
// (https://cloud.google.com/bigquery/quotas#query_jobs).
const maxJob = 6 * time.Hour

// How long jobs.query and jobs.getQueryResults wait for a job: by default, and
// at most. BigQuery caps a longer wish too, and clients ask again.
const (
	defaultWait = 10 * time.Second
	maxWait     = 200 * time.Second
)

// maxUpload bounds the content of one load job, which is held in memory. Larger
// files go in several loads.
const maxUpload = 256 << 20

// uploadGrace is how long an upload's answer waits for its load job.
const uploadGrace = 2 * time.Second

// An upload that nobody continues is forgotten after uploadIdle; Google keeps
// one for a week.
const (
	uploadIdle = time.Hour
	maxUploads = 100
)
