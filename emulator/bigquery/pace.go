package bigquery

import (
	"net/http"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
	"github.com/tallystream/tallystream/emulator/profile"
)

// paced makes requests of the REST API take the time that a profile says, and refuses
// changes of a table that come too often. A request that starts a job has the time of
// what it runs, which the engine knows.
func paced(p *profile.Profile, next http.Handler) http.Handler {
	if p == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		op, table := operation(r)
		if table != "" && !p.Allow(profile.BigQueryTableUpdates, table) {
			wire.WriteError(w, engine.TooManyUpdates())
			return
		}
		if op != "" && p.Wait(r.Context(), op) != nil {
			return // nobody waits for the answer
		}
		next.ServeHTTP(w, r)
	})
}

// operation is what a request is to a profile, "" for one that starts a query; and the
// table whose metadata it changes, if it does.
func operation(r *http.Request) (op profile.Operation, changes string) {
	_, path, _ := strings.Cut(r.URL.Path, "projects/")
	part := strings.Split(path, "/") // P datasets D tables T insertAll, or P jobs
	last := part[len(part)-1]
	switch {
	case r.Method == http.MethodPost && (last == "queries" || last == "jobs"):
		return "", ""
	case last == "insertAll":
		return profile.BigQueryInsertAll, ""
	case len(part) == 5 && part[3] == "tables" && (r.Method == http.MethodPatch || r.Method == http.MethodPut):
		return profile.BigQueryRequest, engine.TableRef{Project: part[0], Dataset: part[2], Table: part[4]}.String()
	}
	return profile.BigQueryRequest, ""
}
