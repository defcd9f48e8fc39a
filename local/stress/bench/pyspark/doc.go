// Package pyspark counts an election with Spark structured streaming into DuckDB, for a
// comparison: it starts Apache Kafka and runs job.py, which is the whole of the Spark side.
// The README says what is compared. "make compare-pyspark" installs what it needs.
package pyspark
