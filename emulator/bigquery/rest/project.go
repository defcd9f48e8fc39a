package rest

import (
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"regexp"
	"slices"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// projectID is the form of a project's id, or its number. BigQuery wants at least 6 characters, which isn't held
// to here: every project of that form is there.
var projectID = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?:)?[a-z]([a-z0-9-]{0,61}[a-z0-9])?$|^[0-9]+$`)

// noteProject keeps the id of a project that a request names, and refuses one that none can have.
func (h *Handler) noteProject(id string) error {
	if !projectID.MatchString(id) {
		return wire.Invalid("Invalid project ID '%s'. Project IDs must contain 6-63 lowercase letters, digits, or dashes. Some project IDs "+
			"also include domain name separated by a colon. IDs must start with a letter and may not end with a dash.", id)
	}
	h.seenMu.Lock()
	defer h.seenMu.Unlock()
	if len(h.seen) < maxSeen {
		h.seen[id] = true
	}
	return nil
}

// number gives a project a stable number, as it has in the cloud.
func number(project string) uint64 {
	f := fnv.New64a()
	_, _ = f.Write([]byte(project))
	return f.Sum64() % 1_000_000_000_000
}

func listProjects(h *Handler, w http.ResponseWriter, r *http.Request) error {
	h.seenMu.Lock()
	ids := slices.Sorted(maps.Keys(h.seen))
	h.seenMu.Unlock()

	from, to, next, err := wire.Window(r, len(ids), defaultPageEntries)
	if err != nil {
		return err
	}
	list := &bqv2.ProjectList{Kind: "bigquery#projectList", Etag: wire.EtagOf(ids), NextPageToken: next, TotalItems: int64(len(ids))}
	for _, id := range ids[from:to] {
		list.Projects = append(list.Projects, &bqv2.ProjectListProjects{
			Kind: "bigquery#project", Id: id, FriendlyName: id, NumericId: number(id),
			ProjectReference: &bqv2.ProjectReference{ProjectId: id},
		})
	}
	return wire.Reply(w, list)
}

func getServiceAccount(_ *Handler, w http.ResponseWriter, r *http.Request) error {
	return wire.Reply(w, &bqv2.GetServiceAccountResponse{
		Kind:  "bigquery#getServiceAccountResponse",
		Email: fmt.Sprintf("bq-%d@bigquery-encryption.iam.gserviceaccount.com", number(r.PathValue("projectId"))),
	})
}
