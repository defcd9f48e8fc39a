package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Versions of the server that are supported, by their first number.
const (
	OldestServer = 15
	NewestServer = 18
)

// connectTimeout bounds the opening of a connection, where DATABASE_URL has no
// connect_timeout.
const connectTimeout = 10 * time.Second

// An Option says how Connect reaches the server of a URL, and by how many connections.
type Option func(url string, c *pgxpool.Config) error

// Connect returns a pool of connections to the database of a URL (DATABASE_URL). Times
// are in UTC. It opens no connection yet. name is shown as application_name.
func Connect(url, name string, options ...Option) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL can't be read: write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE (%w)", withoutURL(err))
	}
	if c.ConnConfig.ConnectTimeout == 0 {
		c.ConnConfig.ConnectTimeout = connectTimeout
	}
	for _, option := range options {
		if err := option(url, c); err != nil {
			return nil, err
		}
	}
	for parameter, value := range map[string]string{"timezone": "UTC", "application_name": "tallystream " + name} {
		if _, set := c.ConnConfig.RuntimeParams[parameter]; !set {
			c.ConnConfig.RuntimeParams[parameter] = value
		}
	}
	c.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		conn.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
		return checkServer(conn)
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), c)
	if err != nil {
		return nil, Explain(err)
	}
	return pool, nil
}

// Connections is how many connections a pool has at most, unless the URL says so
// (pool_max_conns).
func Connections(n int) Option {
	return func(url string, c *pgxpool.Config) error {
		parsed, err := pgx.ParseConfig(url)
		if err != nil {
			return withoutURL(err)
		}
		if _, set := parsed.RuntimeParams["pool_max_conns"]; !set {
			c.MaxConns = int32(n)
		}
		return nil
	}
}

// checkServer refuses servers that aren't supported.
func checkServer(c *pgx.Conn) error {
	return supportedServer(c.PgConn().ParameterStatus("server_version"))
}

// supportedServer returns an error unless a server's name of its version is that of a
// supported one.
func supportedServer(text string) error {
	if version, err := ServerVersion(text); err != nil || !Supported(version) {
		return fmt.Errorf("the server of DATABASE_URL is PostgreSQL %q: use %d to %d", text, OldestServer, NewestServer)
	}
	return nil
}

// Supported reports whether servers of a version are supported, which is its first number.
func Supported(version int) bool { return version >= OldestServer && version <= NewestServer }

// ServerVersion returns the first number of a server's name of its version: 17 of 17.2, of
// 17beta1, and of 17.2 (Debian 17.2-1).
func ServerVersion(text string) (version int, err error) {
	_, err = fmt.Sscanf(text, "%d", &version)
	return version, err
}
