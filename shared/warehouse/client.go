package warehouse

import (
	"regexp"
	"strings"
	"sync"

	"cloud.google.com/go/bigquery"
)

// A Client is a client of BigQuery that knows the datasets of one election. A prefix of their
// names lets several elections live in one project.
type Client struct {
	*bigquery.Client

	// Prefix stands before the name of each dataset: with spring_ the votes are in
	// spring_raw.votes. It may be empty.
	Prefix string
}

// Query returns a query. Its text names tables, views and table functions as dataset.name,
// without the prefix.
func (c *Client) Query(sql string) *bigquery.Query { return c.Client.Query(prefixed(sql, c.Prefix)) }

// Dataset returns one of Datasets.
func (c *Client) Dataset(name string) *bigquery.Dataset { return c.Client.Dataset(c.Prefix + name) }

// prefixed puts a prefix before the datasets in an SQL text: before each dataset.name that is a
// table, a view or a table function of this package. What follows a period or a quotation mark is
// left as it is: the name of a column, a project before the dataset, a text.
func prefixed(sql, prefix string) string {
	if prefix == "" {
		return sql
	}
	return ids().ReplaceAllString(sql, "${1}"+strings.ReplaceAll(prefix, "$", "$$")+"${2}")
}

// ids matches what a statement may name, and the character before it.
var ids = sync.OnceValue(func() *regexp.Regexp {
	var all []string
	for _, t := range tables() {
		all = append(all, regexp.QuoteMeta(t.ID()))
	}
	for _, v := range views() {
		all = append(all, regexp.QuoteMeta(v.ID()))
	}
	for _, f := range functions() {
		all = append(all, regexp.QuoteMeta(f.ID()))
	}
	return regexp.MustCompile(`(^|[^\w.'"])((?:` + strings.Join(all, "|") + `)\b)`)
})
