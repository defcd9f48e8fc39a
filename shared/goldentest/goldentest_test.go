package goldentest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// failing is a test whose errors are looked at.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Errorf(format string, args ...any) { f.said += fmt.Sprintf(format, args...) }

// A file is held to what was made. With -update it is written.
func TestFile(t *testing.T) {
	before := *update
	t.Cleanup(func() { *update = before })
	file := filepath.Join(t.TempDir(), "golden")
	*update = true
	File(t, file, "made", "write it again")
	*update = false
	File(t, file, "made", "write it again")
	f := &failing{TB: t}
	File(f, file, "made otherwise", "write it again")
	for _, want := range []string{file, "write it again", "otherwise"} {
		if !strings.Contains(f.said, want) {
			t.Errorf("of another text it says %q, want %q in it", f.said, want)
		}
	}
}
