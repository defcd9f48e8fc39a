// Package kafkalog says how the log of a partition stands on Kafka: its extent,
// its incarnations, the transactions that hold back a part of it, and what a
// bridge has committed of it. It asks the brokers and keeps nothing.
//
// A log may lose what was read of it: a leader that fails without in-sync replicas
// takes its last records along. Kafka's leader epochs tell where that happened, and
// an [Incarnation] is what the log holds from there on.
package kafkalog
