package job

import (
	"context"
	"regexp"
	"strings"
	"sync"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

var resultName = regexp.MustCompile(`anon[0-9a-f]{64}`)

// ResultNames are the tables of queries' results that a statement of a project may read.
func ResultNames(project, sql string) []engine.TableRef {
	dataset := AnonymousDataset(project)
	if !strings.Contains(sql, dataset) {
		return nil
	}
	var refs []engine.TableRef
	for _, name := range resultName.FindAllString(sql, -1) {
		refs = append(refs, engine.TableRef{Project: project, Dataset: dataset, Table: name})
	}
	return refs
}

// making keeps two readers of one result from making its table at once.
var making sync.Mutex

// MakeTables makes tables of those references that name queries' results: statements and
// copies read tables only. They expire with the results, after a day.
func (s *Store) MakeTables(ctx context.Context, e engine.API, refs []engine.TableRef) error {
	for _, ref := range refs {
		j := s.ByResultTable(ref)
		if j == nil {
			continue
		}
		result, err := j.Result()
		if err != nil {
			return err
		}
		if err := makeTable(ctx, e, ref, j.ResultTable(), result.Rows); err != nil {
			return err
		}
	}
	return nil
}

func makeTable(ctx context.Context, e engine.API, ref engine.TableRef, t *bqv2.Table, rows *engine.Rows) error {
	making.Lock()
	defer making.Unlock()
	if _, err := e.Table(ctx, ref); !bqerror.IsNotFound(err) {
		return err
	}
	if _, err := e.Dataset(ctx, ref.Project, ref.Dataset); bqerror.IsNotFound(err) {
		hidden := &bqv2.Dataset{DatasetReference: &bqv2.DatasetReference{ProjectId: ref.Project, DatasetId: ref.Dataset}}
		if _, err := e.CreateDataset(ctx, hidden); err != nil {
			return err
		}
	}
	if _, err := e.CreateTable(ctx, &bqv2.Table{TableReference: t.TableReference, Schema: t.Schema, ExpirationTime: t.ExpirationTime}); err != nil {
		return err
	}
	var columns []string
	for _, f := range rows.Schema {
		columns = append(columns, f.Name)
	}
	return e.Replace(ctx, ref, columns, rows.Values)
}
