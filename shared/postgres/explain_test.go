package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"strings"
	"testing"
)

// docs/postgres.md says what to do about every error that has a sentence.
func TestSentencesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/postgres.md")
	if err != nil {
		t.Fatal(err)
	}
	said := maps.Clone(sentences)
	said["no answer"] = Explain(fmt.Errorf("acquire: %w", context.DeadlineExceeded)).Error()
	said["no server"] = Explain(&net.OpError{Op: "dial", Err: errors.New("refused")}).Error()
	for code, sentence := range said {
		what, _, _ := strings.Cut(sentence, ":")
		what = strings.TrimSuffix(what, " in the database of DATABASE_URL")
		if !strings.Contains(string(text), "`"+what+"`") {
			t.Errorf("%s: docs/postgres.md doesn't say what to do about `%s`", code, what)
		}
	}
}
