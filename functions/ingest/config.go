package ingest

import (
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/electionfile"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/logging"
)

// Config is what ingest needs to know.
type Config struct {
	Warehouse endpoint.Warehouse
	Election  *election.Election

	VotersTopic string // VOTERS_TOPIC, of Kafka
	VotesTopic  string // VOTES_TOPIC, of Kafka

	// HMACKey (HMAC_KEY) keys the pseudonyms of voters. Changing it makes all
	// voters strangers to the tables.
	HMACKey []byte
	// KeepNames (KEEP_NAMES) stores voters' names. By default they stay on Kafka.
	KeepNames bool
}

// minKeyBytes is the shortest HMAC key taken: as long as a voter's pseudonym.
const minKeyBytes = 16

// ConfigFrom reads a Config from an environment. The error names everything
// that is wrong.
func ConfigFrom(getenv func(string) string) (Config, error) {
	env := config.From(getenv)
	c := Config{
		Warehouse:   endpoint.WarehouseFrom(env),
		Election:    electionfile.From(env),
		VotersTopic: env.String("VOTERS_TOPIC", "voters"),
		VotesTopic:  env.String("VOTES_TOPIC", "votes"),
		HMACKey:     env.Secret("HMAC_KEY", minKeyBytes, "make one with openssl rand -base64 32, and keep it for the whole election"),
		KeepNames:   env.Bool("KEEP_NAMES", false),
	}
	if c.VotersTopic == c.VotesTopic {
		env.Fail("VOTERS_TOPIC", "and VOTES_TOPIC are both %q: voters and votes need a topic each", c.VotesTopic)
	}
	logging.Level(env) // logging.Default takes it
	return c, env.Err()
}
