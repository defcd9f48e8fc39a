package verify

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/shared/warehouse"
)

//go:embed sql/*.sql sql/postgres/*.sql
var files embed.FS

// A dialect is how a warehouse writes what is the same statement on each. The files of
// both have the same names, and their results the same columns.
type dialect struct {
	folder  string
	decimal string   // format of a fraction as text, and its name
	lacks   []string // columns that its tables don't have
}

var (
	bigQuery   = dialect{folder: "sql", decimal: "FORMAT('%%.9f', %s) AS %[1]s"}
	postgreSQL = dialect{folder: "sql/postgres", decimal: "round(%s::numeric, 9)::text AS %[1]s", lacks: []string{warehouse.LogColumn}}
)

func dialectOf(w query.Warehouse) dialect {
	if w.Postgres != nil {
		return postgreSQL
	}
	return bigQuery
}

// statement is the text of a file of sql. {counted} in it stands for counted.sql.
func (d dialect) statement(name string) string {
	b, err := files.ReadFile(d.folder + "/" + name + ".sql")
	if err != nil {
		panic(fmt.Sprintf("verify: %v", err)) // the names are constants
	}
	text := strings.TrimSpace(string(b))
	if before, after, found := strings.Cut(text, "{counted}"); found {
		return before + d.statement("counted") + after
	}
	return text
}

// read returns the rows of the query in a file of sql.
func read[T any](ctx context.Context, tables query.Warehouse, file string, p query.Parameters) ([]T, error) {
	return query.Select[T](ctx, tables, dialectOf(tables).statement(file), p)
}
