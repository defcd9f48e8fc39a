// Package electionfile reads the election that an environment names: from a file, from an object
// of Cloud Storage, or from the environment itself.
package electionfile

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/endpoint"
)

// patience is how long an object is asked for. Cloud Run waits for four minutes until an instance
// listens (https://cloud.google.com/run/docs/configuring/healthchecks#startup-probes).
const patience = 2 * time.Minute

// From reads the election that the environment names: by ELECTION_FILE, a path or the
// gs:// address of an object of Cloud Storage, or by ELECTION, the text itself. With neither
// the ballot is open. Problems are env's.
func From(env *config.Env) *election.Election {
	place, text := env.String("ELECTION_FILE", ""), env.String("ELECTION", "")
	variable, load := "ELECTION", func() (*election.Election, error) { return election.ParseAlone([]byte(text)) }
	switch {
	case place != "" && text != "":
		env.Fail("ELECTION", "and ELECTION_FILE are both set: keep one")
		return election.OpenBallot()
	case place == "" && text == "":
		return election.OpenBallot()
	case strings.HasPrefix(place, "gs://"):
		emulator := env.String("STORAGE_EMULATOR_HOST", "")
		variable, load = "ELECTION_FILE", func() (*election.Election, error) { return fromObject(emulator, place) }
	case place != "":
		variable, load = "ELECTION_FILE", func() (*election.Election, error) { return election.Load(place) }
	}
	e, err := load()
	if err != nil {
		env.Fail(variable, "can't be used: %v", err)
		return election.OpenBallot()
	}
	return e
}

// fromObject reads an election file that is an object, and what lies beside it in the bucket.
func fromObject(emulator, address string) (*election.Election, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	folder, file := path.Split(strings.TrimPrefix(address, "gs://"))
	if folder == "" || file == "" {
		return nil, fmt.Errorf("election file %q: write gs://bucket/name", address)
	}
	return election.LoadFrom(address, file, func(name string) ([]byte, error) {
		return endpoint.ReadObject(ctx, emulator, "gs://"+folder+name, election.MaxFileBytes)
	})
}
