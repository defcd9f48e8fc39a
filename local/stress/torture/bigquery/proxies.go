package bigquery

import (
	"context"
	"errors"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"

	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/local/stress/torture"
)

// proxies stand between the stages of a trial and the project.
type proxies struct {
	rest *faults.REST
	stop []func()
}

// Connect implements torture.Database.
func (p *project) Connect(_ context.Context, w torture.Way) (map[string]string, error) {
	if w.Forgetful {
		return nil, errors.New("BigQuery settles the progress apart by a changed script")
	}
	p.rest = &faults.REST{In: w.In, Upstream: "http://" + p.warehouse.server.REST(), Client: w.HTTP, Rewrite: w.Rewrite}
	appender := &faults.Appender{In: w.In, Upstream: storagepb.NewBigQueryWriteClient(p.warehouse.write), Skew: w.Skew}
	write, stop, err := torture.ServeGRPC(appender.Register)
	if err != nil {
		return nil, err
	}
	rest, err := torture.Serve(p.rest)
	if err != nil {
		stop()
		return nil, err
	}
	p.way.Store(&w)
	p.stop = []func(){func() { p.way.Store(nil) }, rest.Close, stop}
	return map[string]string{
		"BIGQUERY_EMULATOR_HOST":         rest.Address,
		"BIGQUERY_STORAGE_EMULATOR_HOST": write,
	}, nil
}

// Disconnect implements torture.Database.
func (p *project) Disconnect() {
	for _, stop := range p.stop {
		stop()
	}
	p.stop = nil
}

// Err implements torture.Database.
func (p *project) Err() error { return p.rest.Err() }
