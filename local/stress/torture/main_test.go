package torture

import (
	"os"
	"testing"

	"github.com/tallystream/tallystream/local/run"
)

func TestMain(m *testing.M) {
	run.ServeIfChild()
	os.Exit(m.Run())
}
