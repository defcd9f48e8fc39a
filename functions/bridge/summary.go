package bridge

import "fmt"

// Summary is the answer to an invocation.
type Summary struct {
	Records    int64   `json:"records"`    // published
	Bytes      int64   `json:"bytes"`      // of their keys and values
	Messages   int64   `json:"messages"`   // published
	Partitions int     `json:"partitions"` // read
	Lag        int64   `json:"lag"`        // offsets that were not yet committed at the end, up to the logs' ends
	CaughtUp   bool    `json:"caught_up"`  // whether everything that was there at the start is committed, what an open transaction held back included
	Seconds    float64 `json:"seconds"`
	Held       float64 `json:"held_seconds"` // of these, while no more was read because Pub/Sub had yet to acknowledge

	// Next is where a replay that ran out of time goes on, by partition
	// (topic/number); see Replay.
	Next map[string]int64 `json:"next,omitempty"`

	// Warnings are things that a person should look at and a retry won't
	// change; Errors are what kept records from being carried. What couldn't be
	// carried isn't committed: the next drain begins with it.
	Warnings []string `json:"warnings,omitempty"`
	Errors   []string `json:"errors,omitempty"`
}

// maxNotes bounds the lists of a summary.
const maxNotes = 20

func (s *Summary) warn(format string, args ...any) {
	s.Warnings = note(s.Warnings, format, args...)
}

func (s *Summary) fail(format string, args ...any) {
	s.Errors = note(s.Errors, format, args...)
}

// note adds a sentence to a list that doesn't have it yet.
func note(list []string, format string, args ...any) []string {
	sentence := fmt.Sprintf(format, args...)
	for _, s := range list {
		if s == sentence {
			return list
		}
	}
	if len(list) >= maxNotes {
		return list
	}
	return append(list, sentence)
}
