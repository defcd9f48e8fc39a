package postgres

import (
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
	for code, sentence := range sentences {
		what, _, _ := strings.Cut(sentence, ":")
		what = strings.TrimSuffix(what, " in the database of DATABASE_URL")
		if !strings.Contains(string(text), "`"+what+"`") {
			t.Errorf("%s: docs/postgres.md doesn't say what to do about `%s`", code, what)
		}
	}
}
