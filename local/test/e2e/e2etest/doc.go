// Package e2etest holds the tests of the whole chain, which every warehouse passes. They run
// it in one process, with the four functions and their real clients over the emulators of
// Kafka and Pub/Sub. They compare every core and analytics table with the ledger of a
// simulated election, row for row.
//
// The scenarios differ in how records come through: at once, twice, shuffled, in
// other batches, in several passes, with voters after votes, with stages that are
// stopped in the middle. The tables must be the same in all.
package e2etest
