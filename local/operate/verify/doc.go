// Package verify audits a count from the outside. It reads Kafka's partitions to
// the ends that they have when it begins, compares each record's offset and timestamp
// with what the raw tables hold, and every core and analytics
// table with what follows from the tables below it, by SQL of its own. It shares
// no statement with the stages, imports none of them, and changes nothing.
//
// It doesn't know the true result (package ledger does, where an election is
// made up): it says whether the tables follow from the records, in the cloud as
// well as on one machine, also while votes come in.
package verify
