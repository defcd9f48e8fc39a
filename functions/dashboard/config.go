package dashboard

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/outline"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/electionfile"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/logging"
)

// Config is how the dashboard is set up.
type Config struct {
	// Warehouse says where the tables are.
	Warehouse endpoint.Warehouse
	// Rules are what is published by: ELECTION_FILE or ELECTION, VOTES_TOPIC,
	// VOTERS_TOPIC, REFRESH, MAX_AGE, FINAL_AFTER and DELAYED_AFTER.
	results.Rules
	// Outlines are those of the election's regions; nil where it has none.
	Outlines *outline.Outlines
	// QueryTimeout (QUERY_TIMEOUT) bounds a query.
	QueryTimeout time.Duration
	// StreamTime (STREAM_SECONDS) is after how long a stream ends as planned, so
	// that the reader connects again: less than the platform's time-out of a
	// request, which is 300 seconds where a service doesn't say otherwise.
	StreamTime time.Duration
	// Streams (MAX_STREAMS) is how many streams there may be at once. Each one takes
	// some 10 KB of memory, and occupies one of the instance's concurrent requests: of
	// these a platform may allow fewer, Cloud Run 1,000.
	Streams int
	// EmbedOrigins (EMBED_ORIGINS, a list with commas) are the origins whose pages may show
	// this one in a frame, such as https://news.example.org, https://*.example.org or *. None may where
	// there is none.
	EmbedOrigins []string
	// PublicURL (PUBLIC_URL) is the page's address as the world has it. With it pages tell
	// of it to those who share them.
	PublicURL string
	// Patience is that of the streams, which tests set; no environment variable does.
	Patience time.Duration
}

// ConfigFrom reads a Config. Its error names every problem.
func ConfigFrom(getenv func(string) string) (Config, error) {
	env := config.From(getenv)
	warehouse := endpoint.WarehouseFrom(env)
	c := Config{
		Warehouse: warehouse,
		Rules: results.Rules{
			Election: electionfile.From(env),
			Topics: snapshot.Topics{
				Votes:  env.String("VOTES_TOPIC", "votes"),
				Voters: env.String("VOTERS_TOPIC", "voters"),
			},
			Refresh: env.Duration("REFRESH", usualRefresh(warehouse), time.Second, 50*time.Millisecond, time.Hour),
		},
		QueryTimeout: env.Duration("QUERY_TIMEOUT", 30*time.Second, time.Second, time.Second, 10*time.Minute),
	}
	var err error
	if c.Outlines, err = outline.New(c.Election); err != nil {
		env.Fail("ELECTION_FILE", "can't be used: %v", err)
	}
	c.FinalAfter = env.Duration("FINAL_AFTER", 5*time.Minute, time.Second, time.Second, 24*time.Hour)
	c.DelayedAfter = env.Duration("DELAYED_AFTER", 2*time.Minute, time.Second, time.Second, 24*time.Hour)
	c.StreamTime = env.Duration("STREAM_SECONDS", 240*time.Second, time.Second, time.Second, time.Hour)
	c.Streams = env.Int("MAX_STREAMS", 10_000, 0, 100_000)
	c.EmbedOrigins, c.PublicURL = embedOrigins(env), publicURL(env)
	c.MaxAge = env.Duration("MAX_AGE", max(10*time.Second, 2*c.Refresh), time.Second, time.Second, 24*time.Hour)
	if c.MaxAge < c.Refresh {
		env.Fail("MAX_AGE", "is %v, less than REFRESH (%v): set it to at least that", c.MaxAge, c.Refresh)
	}
	if c.Topics.Votes == c.Topics.Voters {
		env.Fail("VOTES_TOPIC", "is %q, and so is VOTERS_TOPIC: votes and voters come on topics of their own", c.Topics.Votes)
	}
	logging.Level(env) // logging.Default takes it
	return c, env.Err()
}

// usualRefresh is REFRESH where it isn't set. PostgreSQL has no price per query, and tells
// when there is something to read.
func usualRefresh(w endpoint.Warehouse) time.Duration {
	if w.Kind == endpoint.Postgres {
		return 50 * time.Millisecond
	}
	return time.Second
}
