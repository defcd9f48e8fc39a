package bridge

import (
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/errortest"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

func TestConfigFrom(t *testing.T) {
	_, err := ConfigFrom(config.FromMap(map[string]string{
		"BATCH_BYTES": "99999999", "BATCH_RECORDS": "0", "LINGER_MS": "-1", "DRAIN_SECONDS": "long", "INFLIGHT_BYTES": "1", "KAFKA_SASL_MECHANISM": "kerberos", "LOG_LEVEL": "nonsense",
	}))
	errortest.Says(t, err, "GOOGLE_CLOUD_PROJECT", "KAFKA_BROKERS", "BATCH_BYTES", "BATCH_RECORDS", "LINGER_MS", "DRAIN_SECONDS", "INFLIGHT_BYTES", "KAFKA_SASL_MECHANISM", "LOG_LEVEL")

	c, err := ConfigFrom(config.FromMap(map[string]string{"GOOGLE_CLOUD_PROJECT": "p", "KAFKA_BROKERS": "h:1", "KAFKA_TOPICS": "votes, a,votes"}))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "topics", []string{"a", "votes"}, c.Topics)
	if c.BatchBytes > recordbatch.MaxBuilt || c.Drain != 55*time.Second || c.Linger != 25*time.Millisecond {
		t.Errorf("defaults = %+v", c)
	}
}
