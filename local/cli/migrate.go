package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/postgres"
)

func migrateCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "migrate", GroupID: groupOperators,
		Short: "create the tables in the PostgreSQL database of $DATABASE_URL, or bring them to this program's version",
	}
	roles := c.Flags().Bool("roles", false, "make the roles of the functions too, with what each may do: takes a user that may create roles")
	c.RunE = func(c *cobra.Command, _ []string) error { return runMigrate(c.Context(), h, *roles) }
	return c
}

// runMigrate migrates the schema. If there are roles, or roles is set, it brings their
// privileges up to date.
func runMigrate(ctx context.Context, h *Host, roles bool) error {
	env := config.From(func(name string) string {
		if v := h.Getenv(name); v != "" || name != "WAREHOUSE" {
			return v
		}
		return endpoint.Postgres // the only one whose schema has versions
	})
	if env.Raw("WAREHOUSE") == endpoint.BigQuery {
		return fmt.Errorf("WAREHOUSE is %s: terraform apply changes its tables; set it to %s for a database, or leave it out", endpoint.BigQuery, endpoint.Postgres)
	}
	w := endpoint.WarehouseFrom(env)
	if err := env.Err(); err != nil {
		return err
	}
	pool, err := w.NewPostgres("migrate")
	if err != nil {
		return err
	}
	defer pool.Close()
	before, err := postgres.SchemaVersion(ctx, pool)
	if err != nil {
		return err
	}
	if err := postgres.Migrate(ctx, pool); err != nil {
		return err
	}
	switch now := postgres.Version(); before {
	case now:
		h.Console.Printf("The schema has version %d already: nothing was to do.", now)
	case 0:
		h.Console.Printf("The schema was created, with version %d.", now)
	default:
		h.Console.Printf("The schema had version %d and has %d now.", before, now)
	}
	if !roles {
		if roles, err = postgres.HasRoles(ctx, pool); err != nil || !roles {
			return err
		}
	}
	if err := postgres.GrantRoles(ctx, pool); err != nil {
		return fmt.Errorf("%w; the tables are there", err)
	}
	h.Console.Printf("The roles tallystream_ingest, tallystream_aggregate, tallystream_dashboard and tallystream_operate have their privileges.")
	return nil
}
