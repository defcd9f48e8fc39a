// Package cloudsql_test connects to a PostgreSQL server as the functions do to an instance of
// Cloud SQL: by Google's connector, with the roles that migrate makes.
package cloudsql_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/cloudsqlconn"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/oauth2"

	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/postgres/cloudsql"
	"github.com/tallystream/tallystream/shared/warehouse"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }

// userOf is the user of a function's account.
func userOf(function string) string { return "tallystream-" + function + "@" + project + ".iam" }

// as connects a function to an instance, by its name and as its account.
func (i *instance) as(t *testing.T, account, user, instanceName string) *pgxpool.Pool {
	t.Helper()
	token := func(text string) oauth2.TokenSource {
		return oauth2.StaticTokenSource(&oauth2.Token{AccessToken: text, Expiry: time.Now().Add(time.Hour)})
	}
	connector, err := cloudsql.New(t.Context(), cloudsqlconn.WithAdminAPIEndpoint(i.admin.URL),
		cloudsqlconn.WithIAMAuthNTokenSources(token("api"), token(loginOf+account)), cloudsqlconn.WithDialFunc(i.dial))
	if err != nil {
		t.Fatal(err)
	}
	postgres.RegisterDialer(func(context.Context) (postgres.Dialer, error) { return connector, nil })
	pool, err := postgres.Connect("user="+user+" dbname=election pool_max_conns=2", "test", postgres.CloudSQL(instanceName))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

const instanceName = project + ":" + region + ":" + name

// prepare makes the database as Terraform does, and its tables and roles as an
// administrator of Cloud SQL does, who is no superuser.
func prepare(t *testing.T) *instance {
	t.Helper()
	server := postgrestest.Shared(t)
	super, err := pgx.Connect(t.Context(), server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = super.Close(context.Background()) }()
	statements := []string{
		"CREATE ROLE cloudsqlsuperuser NOLOGIN CREATEROLE CREATEDB",
		"CREATE ROLE administrator LOGIN CREATEROLE CREATEDB IN ROLE cloudsqlsuperuser",
		"CREATE DATABASE election OWNER cloudsqlsuperuser",
	}
	for _, function := range []string{"ingest", "aggregate", "dashboard"} {
		statements = append(statements, fmt.Sprintf("CREATE ROLE %q LOGIN", userOf(function)))
	}
	for _, statement := range statements {
		if _, err := super.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	url := server.URL("election")
	administrator := postgrestest.Pool(t, strings.Replace(url, "://"+super.Config().User+"@", "://administrator@", 1))
	if err := postgres.Migrate(t.Context(), administrator); err != nil {
		t.Fatal(err)
	}
	if err := postgres.GrantRoles(t.Context(), administrator); err != nil {
		t.Fatal(err)
	}
	for _, function := range []string{"ingest", "aggregate", "dashboard"} {
		// As terraform output role_grants has it.
		if _, err := administrator.Exec(t.Context(), fmt.Sprintf("GRANT tallystream_%s TO %q", function, userOf(function))); err != nil {
			t.Fatal(err)
		}
	}
	return newInstance(t, url)
}

// Functions log in as their accounts, at the private address, and may do what their roles may.
func TestFunctionsOnCloudSQL(t *testing.T) {
	i := prepare(t)
	ctx := t.Context()
	ingest := i.as(t, userOf("ingest"), userOf("ingest"), instanceName)
	if err := postgres.CheckVersion(ctx, ingest); err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	appender := postgres.NewAppender(ingest)
	if err := appender.Append(ctx, &warehouse.Rows{IngestedAt: now, Votes: []warehouse.VoteRow{{
		Origin: warehouse.Origin{Position: kafka.Position{TopicPartition: kafka.TopicPartition{Topic: "votes"}, Offset: 7}, Timestamp: now}, VoterKey: "k", Candidate: "rivera", VotedAt: now,
	}}}); err != nil {
		t.Fatal(err)
	}
	var votes int
	aggregate := i.as(t, userOf("aggregate"), userOf("aggregate"), instanceName)
	if err := aggregate.QueryRow(ctx, "SELECT count(*) FROM raw.votes").Scan(&votes); err != nil || votes != 1 {
		t.Errorf("aggregate sees %d votes, want 1: %v", votes, err)
	}
	dashboard := i.as(t, userOf("dashboard"), userOf("dashboard"), instanceName)
	if err := dashboard.QueryRow(ctx, "SELECT count(*) FROM analytics.candidate_totals").Scan(&votes); err != nil {
		t.Errorf("dashboard can't read the totals: %v", err)
	}
	err := postgres.Explain(dashboard.QueryRow(ctx, "SELECT count(*) FROM raw.votes").Scan(&votes))
	if err == nil || !strings.Contains(err.Error(), "lacks a privilege") {
		t.Errorf("dashboard reads raw.votes: %v", err)
	}

	i.mu.Lock()
	dialed := slices.Clone(i.dialed)
	i.mu.Unlock()
	if len(dialed) == 0 {
		t.Error("nobody connected by the connector")
	}
	for _, address := range dialed {
		if address != private+":3307" {
			t.Errorf("the connector dials %s, want the private address", address)
		}
	}

	t.Run("another account's user", func(t *testing.T) {
		pool := i.as(t, userOf("dashboard"), userOf("ingest"), instanceName)
		if err := pool.Ping(t.Context()); err == nil {
			t.Error("the dashboard's account logs in as ingest")
		}
	})
	t.Run("no such instance", func(t *testing.T) {
		const other = project + ":" + region + ":other"
		err := postgres.Explain(i.as(t, userOf("ingest"), userOf("ingest"), other).Ping(t.Context()))
		if err == nil || !strings.HasPrefix(err.Error(), "CLOUD_SQL_INSTANCE "+other) || !strings.Contains(err.Error(), "404") {
			t.Errorf("%v, want a sentence about the instance", err)
		}
	})
}
