package ingest_test

import (
	"testing"

	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/errortest"
)

func TestConfigFrom(t *testing.T) {
	_, err := ingest.ConfigFrom(config.FromMap(map[string]string{
		"HMAC_KEY": "short", "VOTERS_TOPIC": "votes", "KEEP_NAMES": "perhaps", "ELECTION": "{}", "BIGQUERY_EMULATOR_HOST": "localhost", "LOG_LEVEL": "nonsense",
	}))
	errortest.Says(t, err, "GOOGLE_CLOUD_PROJECT is not set", "HMAC_KEY holds 5 bytes", "VOTERS_TOPIC and VOTES_TOPIC", "KEEP_NAMES", "ELECTION can't be used", "BIGQUERY_EMULATOR_HOST is", `LOG_LEVEL is "nonsense"`)

	c, err := ingest.ConfigFrom(config.FromMap(map[string]string{"GOOGLE_CLOUD_PROJECT": "p", "HMAC_KEY": string(secret)}))
	if err != nil {
		t.Fatal(err)
	}
	h, err := ingest.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(t.Context()); err != nil {
		t.Errorf("close before any use: %v", err)
	}
}
