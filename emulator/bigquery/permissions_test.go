package bigquery_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"google.golang.org/api/option"

	"github.com/tallystream/tallystream/emulator/bigquery"
)

// grants are what callers may do: lines of a permission and a resource in test-project.
type grants struct {
	mu  sync.Mutex
	has []string
}

func (g *grants) set(lines ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.has = lines
}

func (g *grants) authorize(caller, permission, resource string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if slices.Contains(g.has, strings.TrimPrefix(permission, "bigquery.")+" "+strings.TrimPrefix(resource, "projects/test-project/datasets/")) {
		return nil
	}
	return fmt.Errorf("%s lacks %s", caller, permission)
}

// as sends requests with a caller's name.
type as string

func (a as) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Emulator-Caller", string(a))
	return http.DefaultTransport.RoundTrip(r)
}

// A caller who is named needs the permissions of what a job reads, changes and makes. What is
// read by a view or a function that the dataset lets in, it doesn't need.
func TestPermissions(t *testing.T) {
	g := &grants{}
	e := startWith(t, bigquery.Options{Authorize: g.authorize})
	ctx := within(t, 20*time.Second)
	raw, open := e.dataset(t, "raw"), e.dataset(t, "open")
	for _, statement := range []string{
		"CREATE TABLE raw.votes AS SELECT 'A' AS candidate", "CREATE TABLE raw.other AS SELECT 'B' AS candidate",
		"CREATE VIEW open.let_in AS SELECT * FROM raw.votes", "CREATE VIEW open.view AS SELECT * FROM raw.votes",
		"CREATE VIEW open.over AS SELECT * FROM open.view",
		"CREATE TABLE FUNCTION open.counted(n INT64) AS SELECT candidate FROM raw.votes LIMIT 5",
	} {
		if _, err := e.client.Query(statement).Read(ctx); err != nil { // nobody is named
			t.Fatal(err)
		}
	}
	_, err := raw.Update(ctx, bq.DatasetMetadataToUpdate{Access: []*bq.AccessEntry{
		{EntityType: bq.ViewEntity, View: open.Table("let_in")}, {EntityType: bq.RoutineEntity, Routine: open.Routine("counted")},
	}}, "")
	if err != nil {
		t.Fatal(err)
	}
	client, err := bq.NewClient(ctx, project, option.WithEndpoint("http://"+e.REST()), option.WithHTTPClient(&http.Client{Transport: as("ann")}))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	const votes, other = "raw/tables/votes", "raw/tables/other"
	for _, tt := range []struct {
		statement string
		needs     []string // each of which is needed
	}{
		{"SELECT 1", nil},
		{"SELECT * FROM raw.votes", []string{"tables.getData " + votes}},
		{"SELECT * FROM raw.votes JOIN raw.other USING (candidate)", []string{"tables.getData " + votes, "tables.getData " + other}},
		{"SELECT * FROM `raw.v*`", []string{"tables.getData " + votes}},
		{"SELECT * FROM open.let_in", []string{"tables.getData open/tables/let_in"}},
		{"SELECT * FROM open.view", []string{"tables.getData open/tables/view", "tables.getData " + votes}},
		{"SELECT * FROM open.over", []string{"tables.getData open/tables/over", "tables.getData open/tables/view", "tables.getData " + votes}},
		{"SELECT * FROM open.counted(1)", []string{"routines.get open/routines/counted"}},
		{"INSERT raw.votes (candidate) VALUES ('C')", []string{"tables.updateData " + votes}},
		{"INSERT raw.votes (candidate) SELECT candidate FROM raw.votes", []string{"tables.updateData " + votes, "tables.getData " + votes}},
		{"UPDATE raw.votes SET candidate = 'C' WHERE FALSE", []string{"tables.updateData " + votes, "tables.getData " + votes}},
		{"DELETE raw.votes WHERE candidate IN (SELECT candidate FROM raw.other WHERE FALSE)", []string{"tables.updateData " + votes, "tables.getData " + votes, "tables.getData " + other}},
		{"MERGE raw.votes AS v USING raw.other AS o ON v.candidate = o.candidate WHEN MATCHED THEN DELETE", []string{"tables.updateData " + votes, "tables.getData " + votes, "tables.getData " + other}},
		{"DECLARE n INT64 DEFAULT (SELECT COUNT(*) FROM raw.votes); SELECT n", []string{"tables.getData " + votes}},
		{"CREATE TEMP TABLE t AS SELECT 1 AS n; INSERT t VALUES (2); SELECT * FROM t; DROP TABLE t", nil},
		{"EXECUTE IMMEDIATE 'SELECT * FROM raw.other'", []string{"tables.getData " + other}},
		{"CREATE OR REPLACE TABLE raw.made AS SELECT * FROM raw.other", []string{"tables.create raw", "tables.getData " + other}},
		{"ALTER TABLE raw.made ADD COLUMN n INT64", []string{"tables.update raw/tables/made"}},
		{"DROP TABLE IF EXISTS raw.made", []string{"tables.delete raw/tables/made"}},
		{"TRUNCATE TABLE raw.other", []string{"tables.updateData " + other}},
		{"DROP TABLE FUNCTION IF EXISTS open.made", []string{"routines.delete open/routines/made"}},
		{"CREATE SCHEMA IF NOT EXISTS raw", []string{"datasets.create raw"}},
	} {
		read := func() error {
			_, err := client.Query(tt.statement).Read(ctx)
			return err
		}
		for i, missing := range tt.needs {
			g.set(slices.Delete(slices.Clone(tt.needs), i, i+1)...)
			permission, _, _ := strings.Cut(missing, " ")
			err := read()
			wantAPIError(t, err, http.StatusForbidden, "accessDenied")
			wantMessage(t, err, "Access Denied: ")
			wantMessage(t, err, "ann lacks bigquery."+permission)
		}
		g.set(tt.needs...)
		if err := read(); err != nil {
			t.Errorf("%s, with %v: %v", tt.statement, tt.needs, err)
		}
	}
	t.Run("jobs", func(t *testing.T) { jobPermissions(t, client, g) })
}

// jobPermissions are those of jobs that aren't queries, and of a query's destination.
func jobPermissions(t *testing.T, client *bq.Client, g *grants) {
	ctx := within(t, 20*time.Second)
	raw := client.Dataset("raw")
	query := client.Query("SELECT 'D' AS candidate")
	query.Dst, query.WriteDisposition = raw.Table("votes"), bq.WriteAppend
	load := func() (*bq.Job, error) {
		source := bq.NewReaderSource(strings.NewReader(`{"candidate":"E"}`))
		source.SourceFormat, source.AutoDetect = bq.JSON, true
		return raw.Table("loaded").LoaderFrom(source).Run(ctx)
	}
	for name, tt := range map[string]struct {
		run   func() (*bq.Job, error)
		needs []string
	}{
		"query":   {func() (*bq.Job, error) { return query.Run(ctx) }, []string{"tables.updateData raw/tables/votes"}},
		"load":    {load, []string{"tables.create raw"}},
		"copying": {func() (*bq.Job, error) { return raw.Table("copied").CopierFrom(raw.Table("votes")).Run(ctx) }, []string{"tables.create raw", "tables.getData raw/tables/votes"}},
	} {
		done := func() error {
			j, err := tt.run()
			if err != nil {
				return err
			}
			status, err := j.Wait(ctx)
			if err != nil {
				return err
			}
			return status.Err()
		}
		for i, missing := range tt.needs {
			g.set(slices.Delete(slices.Clone(tt.needs), i, i+1)...)
			permission, _, _ := strings.Cut(missing, " ")
			if err := done(); err == nil || !strings.Contains(err.Error(), "ann lacks bigquery."+permission) {
				t.Errorf("%s without %s: %v", name, missing, err)
			}
		}
		g.set(tt.needs...)
		if err := done(); err != nil {
			t.Errorf("%s with %v: %v", name, tt.needs, err)
		}
	}
}

// A column with a policy tag is read by callers who have the permission on the tag, by whatever
// way, and by views too.
func TestPolicyTags(t *testing.T) {
	g := &grants{}
	e := startWith(t, bigquery.Options{Authorize: g.authorize})
	e.dataset(t, "raw")
	const tables = "/bigquery/v2/projects/" + project + "/datasets/raw/tables"
	p := policies{e, t}
	taxonomy := p.ask("POST", "v1/"+location+"/taxonomies", object{"displayName": "Data", "activatedPolicyTypes": []string{"FINE_GRAINED_ACCESS_CONTROL"}}, http.StatusOK)["name"].(string)
	tag := p.tag(taxonomy, "High", nil)
	table := func(names ...string) object {
		return object{"tableReference": object{"tableId": "t"}, "schema": object{"fields": []object{
			{"name": "id", "type": "INTEGER"}, {"name": "name", "type": "STRING", "policyTags": object{"names": names}},
		}}}
	}
	for want, bad := range map[int]object{http.StatusNotFound: table(tag + "3"), http.StatusBadRequest: table(tag, tag+"3")} {
		if status, out := e.call(t, "POST", tables, bad); status != want {
			t.Errorf("the tags of %v: %d %v, want %d", bad, status, out, want)
		}
	}
	if status, out := e.call(t, "POST", tables, table(tag)); status != http.StatusOK || !strings.Contains(fmt.Sprint(out), tag) {
		t.Fatalf("%d %v", status, out)
	}
	e.query(t, "INSERT raw.t VALUES (1, 'Ann')")
	e.query(t, "CREATE VIEW raw.v AS SELECT name FROM raw.t")
	ask := func(method, path string, body any) (int, string) {
		status, out := e.call(t, method, path, body, "X-Emulator-Caller", "ann")
		return status, fmt.Sprint(out)
	}
	sql := func(text string) func() (int, string) {
		return func() (int, string) {
			return ask("POST", "/bigquery/v2/projects/"+project+"/queries", object{"query": text, "useLegacySql": false})
		}
	}
	rights := []string{"tables.getData raw/tables/t", "tables.getData raw/tables/v", "tables.updateData raw/tables/t", "tables.create raw"}
	for name, tt := range map[string]struct {
		ask   func() (int, string)
		reads bool
	}{
		"another column": {sql("SELECT id FROM raw.t"), false},
		"INSERT":         {sql("INSERT raw.t VALUES (2, 'Bob')"), false},
		"the column":     {sql("SELECT name FROM raw.t"), true},
		"a view":         {sql("SELECT 1 FROM raw.v WHERE name = 'Ann'"), true},
		"UPDATE":         {sql("UPDATE raw.t SET id = 3 WHERE name = 'Bob'"), true},
		"COPY":           {sql("CREATE OR REPLACE TABLE raw.c COPY raw.t"), true},
		"rows":           {func() (int, string) { return ask("GET", tables+"/t/data", nil) }, true},
	} {
		g.set(rights...)
		status, out := tt.ask()
		if denied := status == http.StatusForbidden && strings.Contains(out, "fine-grained reader") && strings.Contains(out, "Data : High"); denied != tt.reads || !denied && status != http.StatusOK {
			t.Errorf("%s without the permission: %d %s", name, status, out)
		}
		g.set(append(slices.Clone(rights), "datacatalog.categories.fineGrainedGet //datacatalog.googleapis.com/"+tag)...)
		if status, out := tt.ask(); status != http.StatusOK {
			t.Errorf("%s with the permission: %d %s", name, status, out)
		}
	}
	got := e.query(t, "SELECT column_name FROM raw.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 't' AND '"+tag+"' IN UNNEST(policy_tags)")
	if fmt.Sprint(got) != "[[name]]" {
		t.Errorf("columns with the tag: %v", got)
	}
}
