// Package torture tries to break the promise that every core and analytics table
// is a pure function of the set of Kafka records.
//
// A trial is one small election with irregularities, carried by the real stages
// through the real clients over the emulators, with its tables in BigQuery's emulator or in
// a PostgreSQL server (a Warehouse). The proxies of package faults lose, repeat, delay and
// refuse what passes meanwhile, and kill processes, PostgreSQL's server too. When it
// has recovered, every table is compared with the ledger, row for row, and package
// verify, which knows neither the ledger nor the stages, audits the outcome.
//
// There are three kinds of trials. The crash matrix takes every step of every
// stage that a clean run counted, and every fault. Seeds mix faults at random,
// with brokers that lose their partitions, leave and join, overlapping invocations
// and clocks that disagree. Controls are seeds in which one rule of the count is
// broken, behind a proxy or in what a stage is built with: they have to fail, or
// the trials would prove nothing.
//
// It is no load test: an election here has some fifty records.
package torture
