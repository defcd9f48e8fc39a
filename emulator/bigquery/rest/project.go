package rest

import (
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

func (h *Handler) noteProject(id string) {
	if id == "" {
		return
	}
	h.seenMu.Lock()
	defer h.seenMu.Unlock()
	if len(h.seen) < maxSeen {
		h.seen[id] = true
	}
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
