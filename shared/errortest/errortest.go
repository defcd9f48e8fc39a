// Package errortest tests what errors say.
package errortest

import (
	"strings"
	"testing"
)

// Says checks that there is an error, and that it says all that the user must read.
func Says(t testing.TB, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", want)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error doesn't say %q:\n%v", w, err)
		}
	}
}
