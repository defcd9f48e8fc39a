package postgres

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
)

//go:embed roles.sql
var rolesSQL string

// GrantRoles makes the roles of the functions and of operators, unless the server has
// them, and gives each what it needs in this database and nothing else. The tables must be
// those of this program. Functions may run meanwhile.
func GrantRoles(ctx context.Context, pool *pgxpool.Pool) error {
	// Without parameters, all statements of the text are one transaction.
	if _, err := pool.Exec(ctx, rolesSQL); err != nil {
		return fmt.Errorf("make the roles of the functions: %w", Explain(err))
	}
	return nil
}

// HasRoles reports whether GrantRoles was called for this database.
func HasRoles(ctx context.Context, pool *pgxpool.Pool) (has bool, err error) {
	err = pool.QueryRow(ctx, `
SELECT COALESCE(bool_or(has_schema_privilege(r.oid, n.oid, 'USAGE')), false)
FROM pg_roles AS r, pg_namespace AS n
WHERE r.rolname = 'tallystream_ingest' AND n.nspname = 'raw'`).Scan(&has)
	return has, Explain(err)
}
