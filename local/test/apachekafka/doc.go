// Package apachekafka holds the tests of the bridge and the simulator against
// Apache Kafka itself: one node or three, in KRaft mode, started by the tests on
// free ports of 127.0.0.1 and ended by them. They need Java and the jars that
// "make kafka" fetches, and are skipped where either is missing.
package apachekafka
