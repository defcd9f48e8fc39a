// Package e2e runs the whole chain in one process: a real broker protocol, the
// real clients, the four functions, and compares every core and analytics table
// with the ledger of a simulated election, row for row.
//
// The scenarios differ in how records come through: at once, twice, shuffled, in
// other batches, in several passes, with voters after votes, with stages that
// are stopped in the middle. The tables don't.
package e2e_test
