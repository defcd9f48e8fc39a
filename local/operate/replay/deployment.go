package replay

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"google.golang.org/api/cloudscheduler/v1"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/logging/v2"
	"google.golang.org/api/option"

	"github.com/tallystream/tallystream/shared/drain"
)

// Deployment is a Caller of the stages of a deployment. They take calls from inside
// the project only, so a call is a job of Cloud Scheduler that is given a body and run
// (see drain.RebuildJob). Cloud Scheduler keeps no answers: what became of a call is in
// the line that the stage logs, which bears the call's operation.
type Deployment struct {
	project, region string
	prefix          string // before the names of jobs and accounts, a dash at its end; may be empty
	jobs            *cloudscheduler.ProjectsLocationsJobsService
	entries         *logging.EntriesService
	pause           time.Duration // between two looks at the log
	wait            time.Duration // longest for a line, beyond the time of the call
}

// NewDeployment returns the deployment of a project, whose schedules are in a region. prefix is
// Terraform's name_prefix, where several deployments are in the project, and may be empty.
// Credentials are the application's default.
func NewDeployment(ctx context.Context, project, region, prefix string, options ...option.ClientOption) (*Deployment, error) {
	scheduler, err := cloudscheduler.NewService(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("a client of Cloud Scheduler: %w", err)
	}
	logs, err := logging.NewService(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("a client of Cloud Logging: %w", err)
	}
	if prefix != "" {
		prefix += "-"
	}
	return &Deployment{
		project: project, region: region, prefix: prefix,
		jobs: scheduler.Projects.Locations.Jobs, entries: logs.Entries,
		pause: 3 * time.Second, wait: 5 * time.Minute,
	}, nil
}

// Aggregate implements Caller. The request needs an operation.
func (d *Deployment) Aggregate(ctx context.Context, r drain.AggregateRequest) (summary drain.AggregateSummary, err error) {
	err = d.call(ctx, drain.RebuildJob, r.Request, r, &summary)
	return summary, err
}

// Bridge implements Caller. The request needs an operation.
func (d *Deployment) Bridge(ctx context.Context, r drain.BridgeRequest) (summary drain.BridgeSummary, err error) {
	err = d.call(ctx, drain.BackfillJob, r.Request, r, &summary)
	return summary, err
}

// call has a job post a body, and waits for the line that tells what became of it.
func (d *Deployment) call(ctx context.Context, job string, r drain.Request, body, summary any) error {
	if r.Operation == "" {
		return errors.New("a call of a deployment needs an operation: the log is searched by it")
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.Duration(0)+d.wait, errNoLine)
	defer cancel()
	job = d.prefix + job
	begun, err := d.last(ctx, r.Operation, time.Time{})
	if err != nil {
		return err
	}
	name := fmt.Sprintf("projects/%s/locations/%s/jobs/%s", d.project, d.region, job)
	change := &cloudscheduler.Job{HttpTarget: &cloudscheduler.HttpTarget{Body: base64.StdEncoding.EncodeToString(text)}}
	if _, err := d.jobs.Patch(name, change).UpdateMask("httpTarget.body").Context(ctx).Do(); err != nil {
		return d.explain(job, err)
	}
	if _, err := d.jobs.Run(name, &cloudscheduler.RunJobRequest{}).Context(ctx).Do(); err != nil {
		return d.explain(job, err)
	}
	for {
		said, err := d.last(ctx, r.Operation, begun.at)
		switch {
		case err != nil:
			return err
		case said.payload != nil:
			return said.into(summary)
		}
		select {
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errNoLine) {
				return d.silent(context.WithoutCancel(ctx), name, r)
			}
			return ctx.Err()
		case <-time.After(d.pause):
		}
	}
}

// errNoLine says that a call's line hasn't come in time.
var errNoLine = errors.New("no line")

// line is what a stage has logged of a call.
type line struct {
	at      time.Time
	payload googleapi.RawMessage // nil where there is none
}

// last returns the last line of an operation after a time. A line is the stage's own:
// Cloud Run's line of a request has no operation. Calls that found no instance have none,
// and one that an instance refused because it was shutting down (503) is repeated.
func (d *Deployment) last(ctx context.Context, operation string, after time.Time) (line, error) {
	filter := fmt.Sprintf("jsonPayload.operation=%q AND jsonPayload.status>0 AND NOT jsonPayload.status=503", operation)
	if !after.IsZero() {
		filter += fmt.Sprintf(" AND timestamp>%q", after.Format(time.RFC3339Nano))
	}
	list, err := d.entries.List(&logging.ListLogEntriesRequest{
		ResourceNames: []string{"projects/" + d.project}, Filter: filter, OrderBy: "timestamp desc", PageSize: 1,
	}).Context(ctx).Do()
	switch {
	case err != nil && errors.Is(context.Cause(ctx), errNoLine):
		return line{}, nil
	case err != nil:
		return line{}, fmt.Errorf("read the log of project %s: %w", d.project, err)
	case len(list.Entries) == 0:
		return line{}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, list.Entries[0].Timestamp)
	if err != nil {
		return line{}, fmt.Errorf("the log has a line of time %q: %w", list.Entries[0].Timestamp, err)
	}
	return line{at, list.Entries[0].JsonPayload}, nil
}

// into reads what a line says of a call: its fields are named as those of the summary.
func (l line) into(summary any) error {
	var said struct {
		Status int
		Error  string
		Errors []string
	}
	if err := errors.Join(json.Unmarshal(l.payload, &said), json.Unmarshal(l.payload, summary)); err != nil {
		return fmt.Errorf("the line of the call can't be read: %w: %s", err, l.payload)
	}
	if said.Status == http.StatusOK {
		return nil
	}
	var errs []error
	for _, text := range append(said.Errors, said.Error) {
		if text != "" {
			errs = append(errs, errors.New(text))
		}
	}
	if said.Status == http.StatusBadRequest {
		return requestError{errors.Join(errs...).Error()}
	}
	return fmt.Errorf("the stage answered %d %s: %w", said.Status, http.StatusText(said.Status), errors.Join(errs...))
}

// silent says why there may be no line of a call.
func (d *Deployment) silent(ctx context.Context, name string, r drain.Request) error {
	why := "Cloud Scheduler says nothing of it"
	job, err := d.jobs.Get(name).Context(ctx).Do()
	switch {
	case err != nil:
		why = fmt.Sprintf("the job can't be read (%v)", err)
	case job.Status != nil && job.Status.Code != 0:
		why = fmt.Sprintf("Cloud Scheduler's last try, at %s, failed with code %d %s", job.LastAttemptTime, job.Status.Code, job.Status.Message)
	case job.LastAttemptTime != "":
		why = fmt.Sprintf("Cloud Scheduler called it at %s", job.LastAttemptTime)
	}
	return fmt.Errorf(`no line of the call has come: %s. Where log_level is warn or error there are none. Later: gcloud logging read 'jsonPayload.operation=%q' --project %s`,
		why, r.Operation, d.project)
}

// explain adds what to do to an error of Cloud Scheduler.
func (d *Deployment) explain(job string, err error) error {
	var api *googleapi.Error
	if !errors.As(err, &api) {
		return err
	}
	switch api.Code {
	case http.StatusNotFound:
		return fmt.Errorf("project %s has no job %s in %s: --region is that of the schedules and --prefix that of the names (terraform output operations), and terraform apply makes the jobs: %w", d.project, job, d.region, err)
	case http.StatusForbidden:
		return fmt.Errorf("job %s: you need roles/cloudscheduler.admin, and roles/iam.serviceAccountUser on %stallystream-scheduler@%s.iam.gserviceaccount.com: %w", job, d.prefix, d.project, err)
	}
	return fmt.Errorf("job %s: %w", job, err)
}
