// Package cost says what an election costs on Google Cloud, part by part.
//
// Three things go into an estimate, and it says which is which:
//
//   - measured: bytes of records, messages, rows and columns, and how fast they
//     are handled, from a run on the emulators (measurement.json, written by
//     package measure);
//   - prices: a dated list (prices.json);
//   - modelled: how many calls a schedule makes, which tables and columns each
//     statement of a pass reads (reads.go, which a test holds to the SQL), and
//     what only the cloud can tell (assumptions.go).
//
// It is list arithmetic, not a bill: no discounts, taxes or support. Kafka isn't
// in it: the brokers are given.
package cost
