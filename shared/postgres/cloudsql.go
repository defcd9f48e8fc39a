package postgres

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A Dialer connects to instances of Cloud SQL by their names, PROJECT:REGION:INSTANCE. The
// connection is encrypted, and the server at its other end is the instance.
type Dialer interface {
	Dial(ctx context.Context, instance string) (net.Conn, error)
}

// dialer is what RegisterDialer was given.
var dialer atomic.Pointer[func(context.Context) (Dialer, error)]

// RegisterDialer sets how a program gets its Dialer: importing shared/postgres/cloudsql does
// it. newDialer is called for each connection, and must be quick once it has succeeded.
//
// The connector of Google is as much to compile as the rest of the program; what never
// connects to Cloud SQL is built without.
func RegisterDialer(newDialer func(context.Context) (Dialer, error)) { dialer.Store(&newDialer) }

// instanceName is a name that Cloud SQL's connector takes. A project's id may begin with its
// domain, as in example.com:project.
var instanceName = regexp.MustCompile(`^([a-z0-9.-]+:)?[a-z][a-z0-9-]+:[a-z]+-[a-z]+[0-9]+:[a-z][a-z0-9-]+$`)

// CheckInstance returns an error unless a text is the name of an instance of Cloud SQL.
func CheckInstance(name string) error {
	if !instanceName.MatchString(name) {
		return fmt.Errorf("%q isn't PROJECT:REGION:INSTANCE, such as springfield-votes:us-central1:tallystream", name)
	}
	return nil
}

// besideInstance are the parameters of DATABASE_URL that an instance doesn't decide.
var besideInstance = []string{
	"user", "dbname", "application_name", "connect_timeout", "options", "timezone", "pool_max_conns", "pool_min_conns",
	"pool_max_conn_lifetime", "pool_max_conn_lifetime_jitter", "pool_max_conn_idle_time", "pool_health_check_period",
}

// CloudSQL connects to an instance of Cloud SQL by its name (CLOUD_SQL_INSTANCE), as a user
// whom IAM lets in: DATABASE_URL names the user and the database, and neither host nor
// password. An empty name is no instance.
func CloudSQL(instance string) Option {
	return func(url string, pool *pgxpool.Config) error {
		c := pool.ConnConfig
		if instance == "" {
			return nil
		}
		if err := CheckInstance(instance); err != nil {
			return fmt.Errorf("CLOUD_SQL_INSTANCE: %w", err)
		}
		if _, err := pgconn.ParseConfigWithOptions(url, pgconn.ParseConfigOptions{ConnStringAllowedKeys: besideInstance}); err != nil {
			return fmt.Errorf("CLOUD_SQL_INSTANCE is set: write DATABASE_URL as user=ACCOUNT dbname=DATABASE, without host and password (%w)", withoutURL(err))
		}
		newDialer := dialer.Load()
		if newDialer == nil {
			return fmt.Errorf("CLOUD_SQL_INSTANCE is set, and only the functions in the cloud have a connector for it: run cloud-sql-proxy --auto-iam-authn --private-ip %s, leave it out, and set DATABASE_URL to the proxy: host=127.0.0.1 and sslmode=disable", instance)
		}
		// The instance's name stands for the host in errors. What the connector returns
		// is encrypted already.
		c.Host, c.Port, c.Password, c.TLSConfig, c.Fallbacks = instance, 5432, "", nil, nil
		c.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
		c.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
			d, err := (*newDialer)(ctx)
			if err != nil {
				return nil, &instanceError{"the connector of Cloud SQL can't begin: see that the environment has credentials of Google Cloud", err}
			}
			conn, err := d.Dial(ctx, instance)
			if err != nil {
				return nil, &instanceError{"CLOUD_SQL_INSTANCE " + instance + " can't be reached: see that it runs, that the function is in its network, and that its account has roles/cloudsql.client and roles/cloudsql.instanceUser", err}
			}
			return conn, nil
		}
		return nil
	}
}

// instanceError is an error of the way to an instance, which says what to do.
type instanceError struct {
	sentence string
	err      error
}

func (e *instanceError) Error() string { return e.sentence + " (" + e.err.Error() + ")" }

func (e *instanceError) Unwrap() error { return e.err }
