package run

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// mostText is the longest text of an election that is given to the functions as a variable. Linux
// starts no process with one of more than 128 KiB (MAX_ARG_STRLEN, execve(2)).
const mostText = 100 << 10

// placeElection puts the text of a large election into a file for the functions.
func (s *System) placeElection(context.Context) error {
	text := s.settings["ELECTION"]
	if len(text) <= mostText {
		return nil
	}
	dir, err := os.MkdirTemp("", "tallystream-election-")
	if err == nil {
		s.onClose(partFunctions, func() error { return os.RemoveAll(dir) })
		file := filepath.Join(dir, "election.json")
		s.settings["ELECTION"], s.settings["ELECTION_FILE"] = "", file
		err = os.WriteFile(file, []byte(text), 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep the election in a file: %w", err)
	}
	return nil
}
