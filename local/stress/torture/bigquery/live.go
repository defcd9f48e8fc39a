package bigquery

import (
	"context"
	"fmt"

	client "cloud.google.com/go/bigquery"
)

// ChangeLive implements torture.Database.
func (p *project) ChangeLive(ctx context.Context, change func(string) (string, error)) (restore func(), err error) {
	var undo []func()
	restore = func() {
		for _, f := range undo {
			f()
		}
	}
	for _, name := range []string{"live_changes", "live_vote_changes"} {
		f, err := p.changeFunction(ctx, name, change)
		if err != nil {
			restore()
			return nil, err
		}
		undo = append(undo, f)
	}
	return restore, nil
}

// changeFunction changes the text of a table function of analytics.
func (p *project) changeFunction(ctx context.Context, name string, change func(string) (string, error)) (restore func(), err error) {
	routine := p.client.Dataset("analytics").Routine(name)
	m, err := routine.Metadata(ctx)
	if err != nil {
		return nil, fmt.Errorf("read analytics.%s: %w", name, err)
	}
	update := &client.RoutineMetadataToUpdate{Type: m.Type, Language: m.Language, Description: m.Description, Arguments: m.Arguments}
	whole := m.Body
	if update.Body, err = change(whole); err == nil {
		_, err = routine.Update(ctx, update, m.ETag)
	}
	if err != nil {
		return nil, fmt.Errorf("change analytics.%s: %w", name, err)
	}
	return func() {
		update.Body = whole
		_, _ = routine.Update(context.WithoutCancel(ctx), update, "") // a later trial would find a broken rule
	}, nil
}
