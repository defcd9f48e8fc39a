// Package verify audits a count from the outside. It reads Kafka's partitions up to
// the ends that they have when it begins, and compares the offset and timestamp of
// each record with the raw tables. It compares every core and analytics table with
// the tables that it is derived from, by SQL of its own. It imports none of the
// stages, and changes nothing. One rule runs a statement of theirs: that of
// analytics.shown_hours asks analytics.live_changes on BigQuery which votes aren't
// settled.
//
// The files of sql are of three kinds. A check (check.go) selects the rows that a table
// should have. A rule (rule.go) returns the rows that break it, with what is wrong. The
// others return what the Go code compares with Kafka, or are parts of those that include
// them.
//
// It doesn't know the true result; package ledger does, for a simulated election.
// It says whether the tables follow from the records. It works in the cloud and on
// one machine, and while votes come in.
package verify
