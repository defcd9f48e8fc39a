package torture

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/simulate/ledger"
)

// A voter's id or the key in a log is found.
func TestSecretsInTheLog(t *testing.T) {
	tests := []struct {
		name, log, want string
	}{
		{"nothing", "12:00 INFO bridge records=3\n", ""},
		{"a voter's id", "12:00 INFO bridge records=3\n12:01 ERROR ingest voter=v-17 state=TX\n", "12:01 ERROR ingest voter=v-17 state=TX"},
		{"the key", "12:00 ERROR key=a key of sixteen bytes", "key=a key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := &ledger.Ledger{}
			l.AddVote(ledger.Vote{VoterID: "v-17"})
			l.AddRegistration(ledger.Registration{VoterID: "v-17"})
			tr := &trial{fixture: &fixture{ledger: l}, place: &place{hmacKey: "a key of sixteen bytes"}}
			if _, err := tr.logs.Write([]byte(tt.log)); err != nil {
				t.Fatal(err)
			}
			found := tr.secretsLogged()
			if tt.want == "" && len(found) > 0 || tt.want != "" && (len(found) != 1 || !strings.Contains(found[0], tt.want)) {
				t.Errorf("secretsLogged = %q, want %q", found, tt.want)
			}
		})
	}
}
