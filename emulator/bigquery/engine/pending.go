package engine

import (
	"context"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/sqltype"
)

func (e *Engine) translateDefault(c sqltype.Column) (string, error) {
	return "", bqerror.Unsupported("DEFAULT of column %s", c.Name)
}

func (e *Engine) readView(ctx context.Context, t *catalog.Table, start, limit int64) (*Rows, error) {
	return nil, bqerror.Unsupported("reading the rows of view %s", t.Ref)
}

// Query runs GoogleSQL.
func (e *Engine) Query(ctx context.Context, q Query) (*Result, error) {
	return nil, bqerror.Unsupported("this query")
}
