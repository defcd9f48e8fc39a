package aggregate

import (
	"testing"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/errortest"
)

func TestConfigTellsAllErrorsAtOnce(t *testing.T) {
	_, err := ConfigFrom(config.FromMap(map[string]string{"DRAIN_SECONDS": "-1", "PASS_INTERVAL": "soon", "ELECTION": "{", "LOG_LEVEL": "nonsense"}))
	errortest.Says(t, err, "GOOGLE_CLOUD_PROJECT", "DRAIN_SECONDS", "PASS_INTERVAL", "ELECTION", "LOG_LEVEL")
}
