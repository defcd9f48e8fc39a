// Package cloudsql connects to instances of Cloud SQL. A program that imports it takes
// CLOUD_SQL_INSTANCE: the archive of the functions does.
//
// Connections go to the instance's private address, through Google's connector: it fetches a
// certificate that lives for an hour, and an access token of the account that the program runs
// as, which stands for the password (IAM database authentication).
package cloudsql

import (
	"context"
	"net"
	"sync"

	"cloud.google.com/go/cloudsqlconn"

	"github.com/tallystream/tallystream/shared/postgres"
)

func init() {
	var c connector
	postgres.RegisterDialer(c.dialer)
}

// connector makes one Dialer for all pools of the program, when the first connection is
// opened: a function that has begun needs no credentials yet.
type connector struct {
	mu   sync.Mutex
	made postgres.Dialer
}

func (c *connector) dialer(ctx context.Context) (postgres.Dialer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil {
		d, err := New(ctx)
		if err != nil {
			return nil, err // the next connection tries again
		}
		c.made = d
	}
	return c.made, nil
}

// New returns a dialer that logs in as the account of the environment, unless an option says
// otherwise. Cloud Run gives an instance no CPU between requests: certificates are renewed
// when a connection needs one, not in the background.
func New(ctx context.Context, o ...cloudsqlconn.Option) (postgres.Dialer, error) {
	d, err := cloudsqlconn.NewDialer(context.WithoutCancel(ctx), append([]cloudsqlconn.Option{
		cloudsqlconn.WithIAMAuthN(),
		cloudsqlconn.WithLazyRefresh(),
		cloudsqlconn.WithDefaultDialOptions(cloudsqlconn.WithPrivateIP()),
	}, o...)...)
	if err != nil {
		return nil, err
	}
	return dialer{connector: d}, nil
}

type dialer struct{ connector *cloudsqlconn.Dialer }

// Dial implements postgres.Dialer.
func (d dialer) Dial(ctx context.Context, instance string) (net.Conn, error) {
	return d.connector.Dial(ctx, instance)
}
