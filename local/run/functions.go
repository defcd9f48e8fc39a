package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/bridge"
	"github.com/tallystream/tallystream/functions/dashboard"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/function"
)

// stage is how a function is built in this process.
type stage struct {
	name  string
	check func(getenv func(string) string) error
	build func(ctx context.Context, getenv func(string) string) (function.Stage, error)
}

// newStage joins a package's ConfigFrom and New.
func newStage[C any, H function.Stage](
	name string, configFrom func(func(string) string) (C, error), build func(context.Context, C) (H, error),
) stage {
	return stage{
		name: name,
		check: func(getenv func(string) string) error {
			_, err := configFrom(getenv)
			return err
		},
		build: func(ctx context.Context, getenv func(string) string) (function.Stage, error) {
			c, err := configFrom(getenv)
			if err != nil {
				return nil, err
			}
			h, err := build(ctx, c)
			if err != nil {
				return nil, err // not a typed nil
			}
			return h, nil
		},
	}
}

var allStages = []stage{
	newStage(settings.Bridge, bridge.ConfigFrom, bridge.New),
	newStage(settings.Ingest, ingest.ConfigFrom, ingest.New),
	newStage(settings.Aggregate, aggregate.ConfigFrom, aggregate.New),
	newStage(settings.Dashboard, dashboard.ConfigFrom, dashboard.New),
}

// checkConfiguration reads the configuration of all functions and returns what
// is wrong with any.
func checkConfiguration(getenv func(string) string) error {
	var errs []error
	seen := map[string]bool{}
	for _, st := range allStages {
		// Functions share variables: one mistake is told once.
		if err := st.check(getenv); err != nil && !seen[err.Error()] {
			seen[err.Error()] = true
			errs = append(errs, fmt.Errorf("configuration of %s: %w", st.name, err))
		}
	}
	return errors.Join(errs...)
}
