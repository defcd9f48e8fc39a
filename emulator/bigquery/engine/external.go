package engine

import (
	"context"
	"crypto/sha256"
	"sync"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/external"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// The rows of an external table lie in DuckDB as those of its files were when a statement last
// read it. The files are read again by each that does, and their rows where something is new.

// externals knows what the external tables were filled with.
type externals struct {
	mu    sync.Mutex // held while one is filled
	known map[int64][sha256.Size]byte
}

// reader reads the files of external tables.
func (e *Engine) reader() external.Reader {
	return external.Reader{Storage: e.buckets, Parquet: e.ReadParquet}
}

// ExternalSchema implements store.Views.
func (e *Engine) ExternalSchema(ctx context.Context, c *bqv2.ExternalDataConfiguration, given []*bqv2.TableFieldSchema) ([]*bqv2.TableFieldSchema, error) {
	if err := external.Complete(c); err != nil {
		return nil, err
	}
	return e.reader().Schema(ctx, c, given)
}

// refreshExternals has the external tables that a plan reads hold the rows of their files.
func (r *run) refreshExternals(p *translate.Plan) error {
	if r.query.DryRun || p.DDL != nil && p.DDL.Query == nil {
		return nil
	}
	for _, u := range p.Uses {
		if u.Source == nil {
			continue
		}
		for _, t := range tablesOf(u.Source) {
			if !t.IsExternal() {
				continue
			}
			if r.tx != nil { // which sees what there was when it began
				return bqerror.Unsupported("The external table %s in a transaction", t.Ref)
			}
			if err := r.engine.refreshExternal(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// refreshExternal has an external table hold the rows of its files.
func (e *Engine) refreshExternal(t *catalog.Table) error {
	ctx := context.Background()
	c := t.Resource.ExternalDataConfiguration
	files, err := e.reader().Fetch(c)
	if err != nil {
		return err
	}
	e.externals.mu.Lock()
	defer e.externals.mu.Unlock()
	if e.externals.known[t.ID] == files.Sum {
		return nil
	}
	read, err := e.reader().Read(ctx, c, files, t.Resource.Schema.Fields)
	if err != nil {
		return err
	}
	rows := make([]store.FilledExternal, len(read))
	for i, r := range read {
		rows[i] = store.FilledExternal(r)
	}
	if err := e.FillExternal(ctx, t, rows); err != nil {
		return err
	}
	if e.externals.known == nil {
		e.externals.known = map[int64][sha256.Size]byte{}
	}
	e.externals.known[t.ID] = files.Sum
	return nil
}

// notExternal refuses what can't be done with an external table.
func notExternal(t *catalog.Table, what string) error {
	if t.IsExternal() {
		return bqerror.Query("%s is not supported for the external table %s", what, t.Ref)
	}
	return nil
}
