package rest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/transfer"
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
func (h *Handler) replyNewJob(w http.ResponseWriter, r *http.Request, j *job.Job, grace time.Duration) error {
	j.WaitFor(r.Context(), grace)
	out := j.Resource(r)
	if j.Config.DryRun {
		j.Wait(r.Context())
		if j.Failure != nil {
			return j.Failure
		}
		out = j.Resource(r)
		out.JobReference.JobId = ""
	}
	return wire.Reply(w, out)
}

// newJob validates, registers and starts the job that a request describes.
// media is the content of an upload, nil without one.
func (h *Handler) newJob(r *http.Request, req *bqv2.Job, media []byte) (*job.Job, error) {
	config := req.Configuration
	if config == nil {
		return nil, wire.Required("configuration")
	}
	key := job.Key{Project: r.PathValue("projectId"), ID: job.NewID()}
	if ref := req.JobReference; ref != nil {
		if err := checkReference(r, ref); err != nil {
			return nil, err
		}
		if ref.JobId != "" {
			key.ID = ref.JobId
		}
	}
	run, err := h.runnerOf(key, config, media)
	if err != nil {
		return nil, err
	}
	j := job.New(asCaller(h.ctx, r), key, config)
	if req.JobReference != nil {
		j.Location = job.LocationOf(req.JobReference.Location)
	}
	if config.DryRun {
		// A dry run has an answer but no job to come back to.
		return j, h.start(j, run)
	}
	if _, err := h.jobs.Add(j); err != nil {
		j.Stop(nil)
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
func (h *Handler) runnerOf(key job.Key, c *bqv2.JobConfiguration, media []byte) (func(context.Context) (job.Outcome, error), error) {
	if err := catalog.CheckLabels(c.Labels); err != nil {
		return nil, err
	}
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
		return transfer.Load(h.engine, key.Project, c.Load, media)
	case c.Copy != nil:
		return h.runCopy(key, c.Copy)
	}
	return transfer.Extract(h.engine, h.QueryResult, key.Project, c.Extract)
}

func (h *Handler) pathJob(r *http.Request) (*job.Job, error) {
	j, err := h.jobs.Get(r.PathValue("projectId"), r.PathValue("jobId"))
	if location := r.URL.Query().Get("location"); err == nil && !j.At(location) {
		return nil, wire.NotFound("Job %s:%s.%s", j.Key.Project, location, j.Key.ID)
	}
	return j, err
}

func getJob(h *Handler, w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	return wire.Reply(w, j.Resource(r))
}

func cancelJob(h *Handler, w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	j.Cancel()
	return wire.Reply(w, &bqv2.JobCancelResponse{Kind: "bigquery#jobCancelResponse", Job: j.Resource(r)})
}

func deleteJob(h *Handler, w http.ResponseWriter, r *http.Request) error {
	j, err := h.pathJob(r)
	if err != nil {
		return err
	}
	select {
	case <-j.Ended:
	default:
		return wire.Invalid("Job %s can't be deleted while it runs: cancel it first", j.ID())
	}
	h.jobs.Delete(j)
	for _, child := range h.jobs.List(j.Key.Project, func(c *job.Job) bool { return c.Parent == j }) {
		h.jobs.Delete(child)
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
	jobs := h.jobs.List(r.PathValue("projectId"), func(j *job.Job) bool {
		ms := j.Created.UnixMilli()
		if ms < since || ms > until {
			return false
		}
		if parent != "" {
			return j.Parent != nil && j.Parent.Key.ID == parent
		}
		return j.Parent == nil
	})
	if len(states) > 0 {
		jobs = slices.DeleteFunc(jobs, func(j *job.Job) bool { return !j.Is(states) })
	}
	from, to, next, err := wire.Window(r, len(jobs), defaultPageJobs)
	if err != nil {
		return err
	}
	out := &bqv2.JobList{Kind: "bigquery#jobList", NextPageToken: next}
	for _, j := range jobs[from:to] {
		out.Jobs = append(out.Jobs, j.Listed(r, strings.EqualFold(query.Get("projection"), "full")))
	}
	out.Etag = wire.EtagOf(out.Jobs)
	return wire.Reply(w, out)
}

// describeJobs are the jobs of a project, for INFORMATION_SCHEMA.JOBS.
func (h *Handler) describeJobs(project string) []*bqv2.Job {
	jobs := h.jobs.List(project, func(j *job.Job) bool { return !j.Config.DryRun })
	list := make([]*bqv2.Job, len(jobs))
	for i, j := range jobs {
		list[i] = j.Description()
	}
	return list
}
