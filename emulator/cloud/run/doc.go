// Package run is Cloud Run on one machine: services whose revisions are programs, which
// run as real processes. A service has one address on the loopback interface for as long
// as it lives, behind the gate of emulator/cloudrun: concurrency, instances, a queue that
// answers 429, a time-out, cold starts. A new revision has to listen on its port before
// it takes over. The old one then finishes its requests, and gets SIGTERM.
//
// The APIs are those that gcloud and the Terraform provider read services by: v1, v2,
// and Knative's view of v1. Services are deployed by emulator/cloud/functions; there is
// no method to create or change one.
package run
