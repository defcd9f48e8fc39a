package run

import "log/slog"

// Addresses are host:port of everything that listens; port 0 is any free one.
type Addresses struct {
	Kafka        string
	PubSub       string
	BigQuery     string // REST
	BigQueryGRPC string // Storage Write
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
		Dashboard:    "127.0.0.1:8080",
		Functions:    "127.0.0.1:8081",
	}
}

// FreeAddresses takes any free port for each.
func FreeAddresses() Addresses {
	const free = "127.0.0.1:0"
	return Addresses{free, free, free, free, free, free}
}

// Options say what to start. The zero value starts everything on free ports, in
// child processes, without a schedule.
type Options struct {
	// Addresses to listen on; empty ones are free ports.
	Addresses Addresses
	// Getenv is the environment. KAFKA_BROKERS, PUBSUB_EMULATOR_HOST and
	// BIGQUERY_EMULATOR_HOST each replace an emulator. Functions in this process
	// read it too; children have this process's own. Nil is an empty environment.
	Getenv func(string) string
	// Settings override the environment for the functions.
	Settings map[string]string

	// InProcess has the functions in this process, each behind a switch (Stop,
	// Restart), instead of in children.
	InProcess bool
	// Apart gives each function a process of its own, as it has in the cloud.
	Apart bool
	// Scheduled calls bridge and aggregate over and over, each again as soon as
	// it has ended. Without it they run when Call says so.
	Scheduled bool
	// DashboardThreads is how many threads of the dashboard's own process run Go
	// code at once; 0 leaves it to the runtime.
	DashboardThreads int
	// Partitions of a topic that is created; 0 means 4.
	Partitions int32

	// Executable runs a child's functions: the program and its arguments. Nil
	// is this program with the argument "functions".
	Executable []string
	// Logger receives what a person should know; nil discards it.
	Logger *slog.Logger
	// Output receives what the functions write to their standard streams;
	// nothing else is written to it. Nil is the logger's.
	Output interface{ Write([]byte) (int, error) }
}

// Defaults of an environment without a cloud.
const (
	project = "tallystream-local"
	// hmacKey protects nobody: the voters are invented.
	hmacKey = "a key for invented voters only"
)

// defaults are settings that make a local system quick. Each is the environment's
// own where that has one.
func defaults() map[string]string {
	return map[string]string{
		"GOOGLE_CLOUD_PROJECT": project,
		"HMAC_KEY":             hmacKey,
		"PUBSUB_TOPIC":         "kafka-records",
		"KAFKA_TOPICS":         "voters,votes",
		"VOTERS_TOPIC":         "voters",
		"VOTES_TOPIC":          "votes",
		"PASS_INTERVAL":        "0.05",
		"REFRESH":              "0.05",
		"FINAL_AFTER":          "5",
		"DELAYED_AFTER":        "20",
		"REPORT_SECONDS":       "1",
		// One line per invocation is for Cloud Logging, not for people.
		"LOG_LEVEL": "warn",
	}
}

// WithDefaults adds to an environment what a command beside a running system
// needs to find it: the addresses that FixedAddresses names, and the settings above.
func WithDefaults(getenv func(string) string) func(string) string {
	settings := defaults()
	fixed := FixedAddresses()
	settings["KAFKA_BROKERS"] = fixed.Kafka
	settings["PUBSUB_EMULATOR_HOST"] = fixed.PubSub
	if getenv("BIGQUERY_EMULATOR_HOST") == "" {
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
