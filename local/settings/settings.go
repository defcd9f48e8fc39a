// Package settings says where the parts of a system on this machine are found,
// and with which settings its functions run. It links no emulator, so that the
// operators' tools can use it.
package settings

import (
	"net"
	"time"
)

// Names of the functions, as they are registered.
const (
	Bridge    = "bridge"
	Ingest    = "ingest"
	Aggregate = "aggregate"
	Dashboard = "dashboard"
)

// Addresses are host:port of everything that listens; port 0 is any free one.
type Addresses struct {
	Kafka        string
	PubSub       string
	BigQuery     string // REST
	BigQueryGRPC string // Storage Write
	Postgres     string
	Dashboard    string
	Functions    string // the other three
}

// FixedAddresses are the addresses that the documentation names.
func FixedAddresses() Addresses {
	return Addresses{
		Kafka:        "127.0.0.1:9092",
		PubSub:       "127.0.0.1:8085",
		BigQuery:     "127.0.0.1:9050",
		BigQueryGRPC: "127.0.0.1:9060",
		Postgres:     "127.0.0.1:9432",
		Dashboard:    "127.0.0.1:8080",
		Functions:    "127.0.0.1:8081",
	}
}

// FreeAddresses takes any free port for each.
func FreeAddresses() Addresses {
	const free = "127.0.0.1:0"
	return Addresses{free, free, free, free, free, free, free}
}

// Defaults are settings that make a system on one machine quick. A setting of
// the environment comes before the one here.
func Defaults() map[string]string {
	return map[string]string{
		"GOOGLE_CLOUD_PROJECT": "tallystream-local",
		// The key protects nobody: the voters are invented.
		"HMAC_KEY":       "a key for invented voters only",
		"PUBSUB_TOPIC":   "kafka-records",
		"KAFKA_TOPICS":   "voters,votes",
		"VOTERS_TOPIC":   "voters",
		"VOTES_TOPIC":    "votes",
		"PASS_INTERVAL":  "1",
		"STEP_INTERVAL":  "0.1",
		"REFRESH":        "0.05",
		"FINAL_AFTER":    "5",
		"DELAYED_AFTER":  "20",
		"REPORT_SECONDS": "1",
		// One line per invocation is for Cloud Logging, not for people.
		"LOG_LEVEL": "warn",
	}
}

// WithDefaults adds to an environment what a command needs to find a system that
// runs on this machine: the addresses of FixedAddresses, and the Defaults. Where the
// environment names no warehouse it is the one that listens, BigQuery's emulator or
// PostgreSQL.
func WithDefaults(getenv func(string) string, listens func(address string) bool) func(string) string {
	settings := Defaults()
	fixed := FixedAddresses()
	settings["KAFKA_BROKERS"] = fixed.Kafka
	settings["PUBSUB_EMULATOR_HOST"] = fixed.PubSub
	unnamed := getenv("WAREHOUSE") == "" && getenv("DATABASE_URL") == "" && getenv("BIGQUERY_EMULATOR_HOST") == ""
	if unnamed && !listens(fixed.BigQuery) && listens(fixed.Postgres) {
		settings["WAREHOUSE"] = "postgres"
	}
	switch {
	case getenv("WAREHOUSE") == "postgres", settings["WAREHOUSE"] == "postgres":
		settings["DATABASE_URL"] = "postgres://tallystream@" + fixed.Postgres + "/tallystream"
	case getenv("BIGQUERY_EMULATOR_HOST") == "":
		settings["BIGQUERY_EMULATOR_HOST"] = fixed.BigQuery
		settings["BIGQUERY_STORAGE_EMULATOR_HOST"] = fixed.BigQueryGRPC
	}
	return func(name string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return settings[name]
	}
}

// Listens reports whether something on this machine listens on an address.
func Listens(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
