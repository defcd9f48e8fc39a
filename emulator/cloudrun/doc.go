// Package cloudrun stands before a service as Cloud Run does: with its ingress, its
// instances and their concurrency, a queue that answers 429, cold starts, a time-out,
// and a processor that is there only while a request is.
//
// The service is one process, however many instances are counted: a cold start takes
// its time and starts nothing, and an instance that has been idle for long is
// forgotten without a SIGTERM. Or, with Launch, each instance is a process of its own,
// which is started by the first request that needs it and stopped when it has been idle.
// Which service accounts may call (run.invoker) isn't checked here.
package cloudrun
