package errortest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// failing is a test whose errors are looked at.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Errorf(format string, args ...any) { f.said += fmt.Sprintf(format, args...) }

// What an error lacks is told, and nothing else.
func TestSays(t *testing.T) {
	err := errors.New("REFRESH is too short, MAX_AGE is no duration")
	Says(t, err, "REFRESH", "MAX_AGE")
	f := &failing{TB: t}
	Says(f, err, "REFRESH", "LOG_LEVEL")
	if !strings.Contains(f.said, `say "LOG_LEVEL"`) || strings.Contains(f.said, `say "REFRESH"`) {
		t.Errorf("of an error without LOG_LEVEL it says %q", f.said)
	}
}
