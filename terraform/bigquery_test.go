package terraform

import (
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/resource"
)

// bigquery keeps datasets, tables and routines, and gives them back. It stands in for the
// emulator, which takes a C compiler and minutes to link; nothing here queries.
type bigquery struct {
	*httptest.Server
	store   *resource.Store
	changes atomic.Int64 // so far
}

func newBigQuery(t *testing.T) *bigquery {
	t.Helper()
	b := &bigquery{store: resource.NewStore()}
	b.Server = httptest.NewServer(api.Method(b.serve))
	t.Cleanup(b.Close)
	return b
}

func (b *bigquery) serve(r *http.Request) (any, error) {
	name, found := strings.CutPrefix(r.URL.Path, "/bigquery/v2/")
	if !found || !strings.Contains(name, "/datasets") {
		return nil, api.Unknown(r)
	}
	var body api.Object
	if r.Method != http.MethodGet && r.Method != http.MethodDelete {
		if err := api.Read(r, &body); err != nil {
			return nil, err
		}
	}
	isCollection := strings.Count(name, "/")%2 == 0
	switch {
	case r.Method == http.MethodGet && isCollection:
		return api.Object{path.Base(name): b.store.List(name + "/*")}, nil
	case r.Method == http.MethodGet:
		return b.store.Get(name)
	case r.Method == http.MethodDelete:
		return b.store.Delete(name)
	case r.Method == http.MethodPost && isCollection:
		name += "/" + referred(body)
		return b.complete(name, body), b.store.Create(name, body)
	case r.Method == http.MethodPut || r.Method == http.MethodPatch:
		return b.store.Change(name, func(o api.Object) error {
			resource.Update(o, body, "")
			b.complete(name, o)
			return nil
		})
	}
	return nil, api.Unknown(r)
}

// referred is the id that a new resource has in its reference.
func referred(body api.Object) string {
	for _, kind := range []string{"table", "routine", "dataset"} {
		if reference, ok := body[kind+"Reference"].(api.Object); ok {
			return reference[kind+"Id"].(string)
		}
	}
	return ""
}

// complete adds what BigQuery adds: an address, which the provider needs (7.33 panics without a
// dataset's), an etag that changes with the content, and who has access to a dataset that doesn't say.
func (b *bigquery) complete(name string, o api.Object) api.Object {
	if o["datasetReference"] != nil && o["access"] == nil {
		o["access"] = []api.Object{{"role": "WRITER", "specialGroup": "projectWriters"}, {"role": "OWNER", "specialGroup": "projectOwners"}}
	}
	if o["routineReference"] == nil {
		o["selfLink"] = "https://bigquery.googleapis.com/bigquery/v2/" + name
	}
	o["id"], o["etag"] = name, strconv.FormatInt(b.changes.Add(1), 10)
	return o
}
