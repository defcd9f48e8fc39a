// Package pubsub runs Google Cloud Pub/Sub inside the process, for development
// and tests: topics, pull and streaming pull, and push subscriptions, over the
// ordinary gRPC API on 127.0.0.1. Any client library that honours
// PUBSUB_EMULATOR_HOST can use it.
//
// It delivers as the service does: with acknowledgement deadlines, exponential
// back-off, dead letters with their attributes, ordering keys, filters, and push with a
// window of outstanding requests. A message reaches a waiting subscriber at once. It is
// forgotten when it is acknowledged, so that a run of millions of messages stays small,
// unless a subscription, a topic or a snapshot retains it for a seek.
//
// This package listens and wires. Its parts, each importing only those below it:
//
//	rest       serves the gRPC services as a JSON API
//	api        serves the gRPC services: checks requests, pulls and streams
//	broker     keeps topics, subscriptions and snapshots, and publishes
//	schema     keeps schemas, and validates messages
//	transform  changes and drops messages by their transforms
//	push       sends messages to the endpoints of push subscriptions
//	delivery   holds a subscription's messages: leases, order, back-off, dead letters
//	journal    keeps on disk what must survive a restart
//	filter     reads the filter language
//	field      knows the fields of requests, and refuses those that aren't honoured
//
// It has no IAM, ingestion, or exports to BigQuery or Cloud Storage; those calls and fields
// answer UNIMPLEMENTED. Messages live in memory, and with Options.Dir in a journal on disk
// too.
//
// It doesn't build on Google's pstest, which is made for unit tests: that one
// refuses requests over 4 MB, hands a streaming pull about a hundred messages
// a second, drops a message that nobody pulled for ten minutes, keeps
// every message ever published, and has no push, retry policy or dead-letter
// attributes.
package pubsub
