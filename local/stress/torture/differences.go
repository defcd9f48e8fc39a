package torture

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/local/simulate/ledger"
)

// differences compares everything with what it has to be.
func (t *trial) differences(ctx context.Context) ([]string, error) {
	release := t.place.Hold()
	found, err := t.fixture.ledger.Compare(ctx, t.place.Tables(),
		ledger.Keyer([]byte(t.place.hmacKey), t.fixture.election.ID))
	release()
	if err != nil {
		return nil, err
	}
	dead, err := t.deadLetters(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for dead letters: %w", err)
	}
	if dead > 0 {
		found = append(found, fmt.Sprintf("%d messages became dead letters, want none", dead))
	}
	unfinished, err := t.unfinished(ctx)
	if err != nil {
		return nil, fmt.Errorf("how the count stands: %w", err)
	}
	found = slices.Concat(found, t.early, t.unlike, unfinished)
	return append(found, t.secretsLogged()...), nil
}

// secretsLogged are the lines of the log that have a voter's id or the key.
func (t *trial) secretsLogged() []string {
	text := t.logs.String()
	var found []string
	for _, secret := range append(t.fixture.voterIDs(), t.place.hmacKey) {
		if at := strings.Index(text, secret); at >= 0 {
			line := text[strings.LastIndexByte(text[:at], '\n')+1:]
			line, _, _ = strings.Cut(line, "\n")
			found = append(found, fmt.Sprintf("the log tells the secret %q: %s", secret, line))
		}
	}
	return found
}
