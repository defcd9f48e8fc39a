package appendertest_test

import (
	"testing"

	"github.com/tallystream/tallystream/functions/ingest/appendertest"
)

func TestMemory(t *testing.T) {
	appendertest.Contract(t, func(*testing.T) appendertest.Store { return &appendertest.Memory{} })
}
