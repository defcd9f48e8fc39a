package cloud

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/storage"
	"github.com/tallystream/tallystream/emulator/cloud/token"
)

// gate is an address of Pub/Sub, BigQuery and Cloud Storage that is an account's alone.
type gate struct {
	addr   string
	server *http.Server
}

// objectsPath is where buckets and their objects are.
const objectsPath = "/storage/v1/b/"

// mayRead is the error of an account that may not send a request for an object. Functions read
// objects and do nothing else with them.
func (c *Cloud) mayRead(account string, r *http.Request) error {
	bucket, object, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, objectsPath), "/o/")
	if !ok || r.Method != http.MethodGet {
		return status.Errorf(codes.Unimplemented, "The emulator lets functions read objects and nothing else of Cloud Storage: %s %s is neither.", r.Method, r.URL.Path)
	}
	if !c.options.Enforce {
		return nil
	}
	return c.policies.Check(token.Member(account), "storage.objects.get", storage.FullName(bucket)+"/objects/"+object, storage.FullName(bucket))
}

// Emulators are environment variables that lead the clients of a program to Pub/Sub,
// BigQuery and Cloud Storage as a service account: to an address at which every caller is that account,
// since clients send no token to an emulator.
func (c *Cloud) Emulators(account string) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := c.gates[account]
	if g == nil {
		l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("listen for what %s calls: %w", account, err)
		}
		protocols := new(http.Protocols)
		protocols.SetHTTP1(true)
		protocols.SetUnencryptedHTTP2(true)
		g = &gate{addr: l.Addr().String(), server: &http.Server{
			Handler: c.as(account), Protocols: protocols, ReadHeaderTimeout: 10 * time.Second,
		}}
		if c.options.Logger != nil {
			g.server.ErrorLog = slog.NewLogLogger(c.options.Logger.Handler(), slog.LevelDebug)
		}
		c.gates[account] = g
		go func() { _ = g.server.Serve(l) }() // ends with Close
	}
	return []string{
		"PUBSUB_EMULATOR_HOST=" + g.addr,
		"BIGQUERY_EMULATOR_HOST=http://" + g.addr,
		"BIGQUERY_STORAGE_EMULATOR_HOST=" + g.addr,
		"STORAGE_EMULATOR_HOST=" + g.addr,
	}, nil
}

// as serves Pub/Sub, BigQuery and Cloud Storage to an account, by what a request's path says.
func (c *Cloud) as(account string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "bigquery"
		switch {
		case strings.HasPrefix(r.URL.Path, "/google.pubsub.v1."), strings.HasPrefix(r.URL.Path, "/v1/"):
			name = "pubsub"
		case strings.HasPrefix(r.URL.Path, "/google.cloud.bigquery.storage."):
			name = "bigquerystorage"
		case strings.HasPrefix(r.URL.Path, objectsPath):
			name = "storage"
			if err := c.mayRead(account, r); err != nil {
				api.Refuse(w, r, err)
				return
			}
		}
		service, ok := c.service(name)
		if !ok {
			api.Refuse(w, r, c.unknown(name))
			return
		}
		service.ServeHTTP(w, token.WithAccount(r, account))
	})
}
