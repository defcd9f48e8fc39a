// Package cost says what an election costs on Google Cloud, part by part.
//
// Three things go into an estimate, and it says which is which:
//
//   - measured: bytes of records, messages, rows and columns, and records a
//     second, from a run on the emulators (measurement.json, written by package
//     measure);
//   - prices: a dated list (prices.json);
//   - modelled: how many calls a schedule makes, which tables and columns each
//     statement of a pass reads (reads.go; a test compares it with the SQL), and
//     what can be measured in the cloud only (assumptions.go).
//
// Prices are list prices, without discounts, taxes or support. Kafka isn't part of
// the estimate.
package cost
