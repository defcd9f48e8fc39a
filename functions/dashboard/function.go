// Package dashboard is the public face of the count: an HTML page and a JSON
// API over the analytics tables, served by an HTTP function.
//
//	GET /                      the page, which keeps itself up to date
//	GET /stream                what changes in the page
//	GET /api/v1/results        everything on it as JSON, through filters
//	GET /api/v1/stream         the same as server-sent events: what changes
//	GET /api/v1/SECTION.json   one section as rows, also as SECTION.csv
//	GET /api/v1/books          the books alone
//	GET /api/v1/openapi.json   the description of the API
//	GET /charts/NAME.svg       a chart of the page as a picture, also as NAME.png
//	GET /feed.atom             what has happened in the count, as an Atom feed
//	GET /card.png              the picture that social networks show, through filters
//	GET /tv/GRAPHIC            a graphic for television: lower-third or full
//	GET /oembed                what a page needs to show a section in a frame; also /embed.js
//	GET /healthz               whether the process lives; reads nothing
//
// The API's reference is api.md.
//
// Requests are answered from memory, see package refresh: however many viewers
// there are, at most one query per refresh reaches the warehouse. Answers are
// encoded and compressed once per change of a figure and carry strong ETags.
//
// This package is the configuration, the routes and the answers to errors. The work
// is in the packages below it, which import one way: docs/filemap.md has their
// order, and a word on each.
//
// It only reads, knows nothing of single voters, and doesn't count: every
// figure is a column of an analytics table, or a sum or ratio of such.
package dashboard

import (
	"context"
	"errors"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot/stores"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

func init() { function.Register("dashboard", ConfigFrom, New) }

// New returns the dashboard over the warehouse. Its client lives until Close. It waits for no
// connection.
func New(ctx context.Context, c Config) (*Handler, error) {
	if c.Warehouse.Kind == endpoint.Postgres {
		return newPostgres(c)
	}
	client, err := c.Warehouse.Cloud.NewBigQuery(ctx)
	if err != nil {
		return nil, err
	}
	h, err := NewHandler(c, stores.NewBigQuery(client, c.Election.ID, c.Topics), logging.Default())
	if err != nil {
		return nil, err
	}
	h.release = client.Close
	return h, nil
}

// newPostgres returns the dashboard over PostgreSQL.
func newPostgres(c Config) (*Handler, error) {
	pool, err := c.Warehouse.NewPostgres("dashboard")
	if err != nil {
		return nil, err
	}
	store := stores.NewPostgres(pool, c.Election.ID, c.Topics, logging.Default())
	release := func() error {
		store.Close()
		pool.Close()
		return nil
	}
	h, err := NewHandler(c, store, logging.Default())
	if err != nil {
		return nil, errors.Join(err, release())
	}
	h.release = release
	return h, nil
}
