package rest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// insertGrace is how long jobs.insert waits for a short job, so that its answer
// spares the client a poll. A longer job is returned while it runs.
const insertGrace = 100 * time.Millisecond

func insertJob(h *Handler, w http.ResponseWriter, r *http.Request) error {
	var req bqv2.Job
	if err := wire.Decode(w, r, &req); err != nil {
		return err
	}
	j, err := h.newJob(r, &req, nil)
	if err != nil {
		return err
	}
	return h.replyNewJob(w, r, j, insertGrace)
}

// replyNewJob answers with a job that has just been started.
func (h *Handler) replyNewJob(w http.ResponseWriter, r *http.Request, j *job, grace time.Duration) error {
	j.waitFor(r.Context(), grace)
	out := j.resource(r)
	if j.config.DryRun {
		j.wait(r.Context())
		if j.failure != nil {
			return j.failure
		}
		out = j.resource(r)
		out.JobReference.JobId = ""
	}
	return wire.Reply(w, out)
}

// newJob validates, registers and starts the job that a request describes.
// media is the content of an upload, nil without one.
func (h *Handler) newJob(r *http.Request, req *bqv2.Job, media []byte) (*job, error) {
	config := req.Configuration
	if config == nil {
		return nil, wire.Required("configuration")
	}
	key := jobKey{r.PathValue("projectId"), newID()}
	if ref := req.JobReference; ref != nil {
		if err := checkReference(r, ref); err != nil {
			return nil, err
		}
		if ref.JobId != "" {
			key.id = ref.JobId
		}
	}
	run, err := h.runnerOf(key, config, media)
	if err != nil {
		return nil, err
	}
	j := newJob(h.ctx, key, config)
	if config.DryRun {
		// A dry run has an answer but no job to come back to.
		return j, h.start(j, run)
	}
	if _, err := h.jobs.add(j); err != nil {
		j.stop(nil)
		return nil, err
	}
	return j, h.start(j, run)
}

func checkReference(r *http.Request, ref *bqv2.JobReference) error {
	if err := fillProject(r, &ref.ProjectId); err != nil {
		return err
	}
	for _, c := range ref.JobId {
		if !strings.ContainsRune("-_", c) && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return wire.Invalid("Invalid job ID \"%s:%s\": it may have letters, digits, underscores and dashes", ref.ProjectId, ref.JobId)
		}
	}
	if len(ref.JobId) > 1024 {
		return wire.Invalid("Invalid job ID: it has %d characters, of at most 1,024", len(ref.JobId))
	}
	return nil
}

// runnerOf checks a configuration and returns the work.
func (h *Handler) runnerOf(key jobKey, c *bqv2.JobConfiguration, media []byte) (func(context.Context) (outcome, error), error) {
	kinds := 0
	for _, set := range []bool{c.Query != nil, c.Load != nil, c.Copy != nil, c.Extract != nil} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, wire.Invalid("Job configuration must contain exactly one job-specific configuration object (e.g., query, load, extract, copy), but there were %d", kinds)
	}
	switch {
	case c.Query != nil:
		q, err := queryOf(key, c, c.Query.DestinationTable == nil)
		if err != nil {
			return nil, err
		}
		return h.runQuery(q, c.Query.MaximumBytesBilled), nil
	case c.DryRun:
		return nil, wire.Invalid("A dry run is for query jobs only")
	case c.Load != nil:
		return h.runLoad(key, c.Load, media)
	case c.Copy != nil:
		return h.runCopy(key, c.Copy)
	}
	// Refused as BigQuery would report it, in the job's status.
	return func(context.Context) (outcome, error) { return outcome{}, wire.NotSupported("An extract job") }, nil
}

func (h *Handler) pathJob(r *http.Request) (*job, error) {
	return h.jobs.get(r.PathValue("projectId"), r.PathValue("jobId"))
}

func getJob(h *Handler, w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	return wire.Reply(w, j.resource(r))
}

func cancelJob(h *Handler, w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	j.cancel()
	return wire.Reply(w, &bqv2.JobCancelResponse{Kind: "bigquery#jobCancelResponse", Job: j.resource(r)})
}

func deleteJob(h *Handler, w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	select {
	case <-j.ended:
	default:
		return wire.Invalid("Job %s can't be deleted while it runs: cancel it first", j.id())
	}
	h.jobs.delete(j)
	for _, child := range h.jobs.list(j.key.project, func(c *job) bool { return c.parent == j }) {
		h.jobs.delete(child)
	}
	return wire.Reply(w, struct{}{})
}

func listJobs(h *Handler, w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	states := query["stateFilter"]
	parent := query.Get("parentJobId")
	since, err := wire.IntParam(r, "minCreationTime", 0)
	if err != nil {
		return err
	}
	until, err := wire.IntParam(r, "maxCreationTime", 1<<62)
	if err != nil {
		return err
	}
	jobs := h.jobs.list(r.PathValue("projectId"), func(j *job) bool {
		ms := j.created.UnixMilli()
		if ms < since || ms > until {
			return false
		}
		if parent != "" {
			return j.parent != nil && j.parent.key.id == parent
		}
		return j.parent == nil
	})
	if len(states) > 0 {
		jobs = slices.DeleteFunc(jobs, func(j *job) bool { return !j.is(states) })
	}
	from, to, next, err := wire.Window(r, len(jobs), 50)
	if err != nil {
		return err
	}
	out := &bqv2.JobList{Kind: "bigquery#jobList", NextPageToken: next}
	for _, j := range jobs[from:to] {
		out.Jobs = append(out.Jobs, j.listed(r, strings.EqualFold(query.Get("projection"), "full")))
	}
	out.Etag = wire.EtagOf(out.Jobs)
	return wire.Reply(w, out)
}
