package bigquery

import (
	"net/http"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
	"github.com/tallystream/tallystream/emulator/profile"
)

// paced makes requests of the REST API take the time that a profile says, and refuses
// changes of a table or dataset that come too often. A request that starts a job has the
// time of what it runs, which the engine knows.
func paced(p *profile.Profile, next http.Handler) http.Handler {
	if p == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, path, _ := strings.Cut(r.URL.Path, "projects/")
		parts := strings.Split(path, "/") // P datasets D tables T insertAll, or P jobs
		if err := allow(p, r.Method, parts); err != nil {
			wire.WriteError(w, err)
			return
		}
		if op := operation(r.Method, parts[len(parts)-1]); op != "" && p.Wait(r.Context(), op) != nil {
			return // nobody waits for the answer
		}
		next.ServeHTTP(w, r)
	})
}

// allow refuses a change of the metadata of a table or dataset that comes too soon.
func allow(p *profile.Profile, method string, parts []string) error {
	if method != http.MethodPatch && method != http.MethodPut {
		return nil
	}
	switch {
	case len(parts) == 5 && parts[3] == "tables":
		if !p.Allow(profile.BigQueryTableUpdates, engine.TableRef{Project: parts[0], Dataset: parts[2], Table: parts[4]}.String()) {
			return engine.TooManyUpdates("table")
		}
	case len(parts) == 3 && parts[1] == "datasets":
		if !p.Allow(profile.BigQueryDatasetUpdates, parts[0]+":"+parts[2]) {
			return engine.TooManyUpdates("dataset")
		}
	}
	return nil
}

// operation is what a request is to a profile, by the last part of its path; "" for one
// that starts a job.
func operation(method, last string) profile.Operation {
	switch {
	case method == http.MethodPost && (last == "queries" || last == "jobs"):
		return ""
	case last == "insertAll":
		return profile.BigQueryInsertAll
	}
	return profile.BigQueryRequest
}
