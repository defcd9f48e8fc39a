package bridge

import (
	"fmt"
	"slices"

	"github.com/tallystream/tallystream/shared/drain"
)

// summary is what the drain answers, as far as it is known.
type summary struct{ drain.BridgeSummary }

func (s *summary) warn(format string, args ...any) {
	s.Warnings = note(s.Warnings, format, args...)
}

func (s *summary) fail(format string, args ...any) {
	s.Errors = note(s.Errors, format, args...)
}

// maxNotes bounds the lists of a summary.
const maxNotes = 20

// note adds a sentence to a list that doesn't have it yet.
func note(list []string, format string, args ...any) []string {
	sentence := fmt.Sprintf(format, args...)
	if len(list) >= maxNotes || slices.Contains(list, sentence) {
		return list
	}
	return append(list, sentence)
}
