// Package verify audits a count from the outside. It reads Kafka's partitions up to
// the ends that they have when it begins, and compares the offset and timestamp of
// each record with the raw tables. It compares every core and analytics table with
// the tables that it is derived from, by SQL of its own. It shares no statement with
// the stages, imports none of them, and changes nothing.
//
// It doesn't know the true result; package ledger does, for a simulated election.
// It says whether the tables follow from the records. It works in the cloud and on
// one machine, and while votes come in.
package verify
