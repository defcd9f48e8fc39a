package run

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"testing"
)

// A large election comes to the functions as a file, which is gone afterwards; a small one as
// a variable.
func TestPlaceElection(t *testing.T) {
	for _, text := range []string{`{"id":"small"}`, `{"id":"large","name":"` + strings.Repeat("x", mostText) + `"}`} {
		s := &System{settings: map[string]string{"ELECTION": text, "ELECTION_FILE": ""}, client: newHTTPClient(), log: slog.New(slog.DiscardHandler)}
		if err := s.placeElection(t.Context()); err != nil {
			t.Fatal(err)
		}
		file := s.settings["ELECTION_FILE"]
		if large := len(text) > mostText; large != (file != "") || large != (s.settings["ELECTION"] == "") {
			t.Fatalf("a text of %d bytes: the file is %q, and the variable has %d bytes", len(text), file, len(s.settings["ELECTION"]))
		}
		if file == "" {
			continue
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("the file has %d bytes, want %d: %v", len(got), len(text), err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the file is left: %v", err)
		}
	}
}
