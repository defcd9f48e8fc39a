// Package kafka runs a Kafka broker inside the process, for development and
// tests: one node on 127.0.0.1 that any ordinary producer, consumer or admin
// tool can talk to. It speaks the Kafka protocol through franz-go's kfake:
// idempotent and transactional producers, consumer groups, compression,
// topic creation, retention and compaction.
//
// The settings of topics are Apache Kafka's: each one holds, or is refused by its name.
// kfake takes any. Package gate, before it, sees to them, and this package cuts the logs.
//
// It is not a production broker. There is no replication, no authentication
// and, unless Options.Dir is set, no disk: the log lives in memory, at about
// the size of the (compressed) batches that producers send.
package kafka
