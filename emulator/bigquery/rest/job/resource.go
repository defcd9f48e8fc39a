package job

import (
	"net/http"
	"strings"
	"unicode/utf8"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// billedMinimum is what BigQuery bills at least for a query that reads.
const billedMinimum = 10 << 20

// Reference names the job as the API does.
func (j *Job) Reference() *bqv2.JobReference {
	return &bqv2.JobReference{ProjectId: j.Key.Project, JobId: j.Key.ID, Location: j.Location}
}

// Resource is the job as the API shows it.
func (j *Job) Resource(r *http.Request) *bqv2.Job {
	out := j.Description()
	out.SelfLink = wire.SelfLink(r, j.Key.Project, "jobs", j.Key.ID) + "?location=" + j.Location
	out.Etag = wire.EtagOf([]any{out.Status, out.Statistics})
	return out
}

// Description is the resource of the job without what depends on the request.
func (j *Job) Description() *bqv2.Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	return &bqv2.Job{
		Kind:              "bigquery#job",
		Id:                j.ID(),
		UserEmail:         User,
		PrincipalSubject:  "user:" + User,
		JobReference:      j.Reference(),
		JobCreationReason: &bqv2.JobCreationReason{Code: j.Reason},
		Configuration:     j.configuration(),
		Statistics:        j.statistics(),
		Status:            j.status(),
	}
}

func (j *Job) status() *bqv2.JobStatus {
	s := &bqv2.JobStatus{State: j.state}
	if j.Failure != nil {
		s.ErrorResult = wire.Proto(j.Failure)
		s.Errors = []*bqv2.ErrorProto{s.ErrorResult}
	}
	return s
}

func (j *Job) statistics() *bqv2.JobStatistics {
	s := &bqv2.JobStatistics{CreationTime: j.Created.UnixMilli()}
	if j.Parent != nil {
		s.ParentJobId = j.Parent.Key.ID
		s.ScriptStatistics = &bqv2.ScriptStatistics{EvaluationKind: "STATEMENT"}
		if q := j.outcome.Query; q != nil && q.SQL != "" { // bq prints the results of those that have a frame
			lines := strings.Split(q.SQL, "\n")
			frame := &bqv2.ScriptStackFrame{Text: q.SQL, StartLine: int64(q.Line), StartColumn: int64(q.Column), EndLine: int64(q.Line + len(lines) - 1)}
			frame.EndColumn = int64(utf8.RuneCountInString(lines[len(lines)-1]) + 1)
			if len(lines) == 1 {
				frame.EndColumn += frame.StartColumn - 1
			}
			s.ScriptStatistics.StackFrames = []*bqv2.ScriptStackFrame{frame}
		}
	}
	if !j.Started.IsZero() {
		s.StartTime = j.Started.UnixMilli()
	}
	if j.state != done {
		return s
	}
	s.EndTime = j.Finished.UnixMilli()
	s.FinalExecutionDurationMs = j.Finished.Sub(j.Started).Milliseconds()
	s.TotalSlotMs = s.FinalExecutionDurationMs
	s.NumChildJobs = int64(j.children)
	s.Load, s.Copy, s.Extract = j.outcome.Load, j.outcome.Copy, j.outcome.Extract
	if q := j.outcome.Query; q != nil {
		s.Query = queryStatistics(q, j.Config.DryRun)
		s.Query.TotalSlotMs = s.TotalSlotMs
		s.TotalBytesProcessed = q.BytesProcessed
		s.ForceSendFields = []string{"TotalBytesProcessed"}
		if q.SessionID != "" {
			s.SessionInfo = &bqv2.SessionInfo{SessionId: q.SessionID}
		}
	}
	return s
}

func queryStatistics(q *engine.Result, dryRun bool) *bqv2.JobStatistics2 {
	s := &bqv2.JobStatistics2{
		StatementType:       q.StatementType,
		CacheHit:            q.CacheHit,
		TotalBytesProcessed: q.BytesProcessed,
		TotalBytesBilled:    Billed(q.BytesProcessed),
		ForceSendFields:     []string{"CacheHit", "TotalBytesProcessed", "TotalBytesBilled"},
	}
	for _, ref := range q.Referenced {
		s.ReferencedTables = append(s.ReferencedTables, RestRef(ref))
	}
	for _, ref := range q.Routines {
		s.ReferencedRoutines = append(s.ReferencedRoutines, routineRef(ref))
	}
	if dryRun {
		s.TotalBytesBilled = 0
		s.TotalBytesProcessedAccuracy = "PRECISE"
		if fields := Columns(q); fields != nil {
			s.Schema = &bqv2.TableSchema{Fields: fields}
		}
		return s
	}
	if q.DML != nil {
		s.DmlStats = q.DML
		s.NumDmlAffectedRows = Affected(q.DML)
		s.ForceSendFields = append(s.ForceSendFields, "NumDmlAffectedRows")
	}
	s.ExportDataStatistics = q.Exported
	if q.DDLOperation != "" {
		s.DdlOperationPerformed = q.DDLOperation
	}
	if r := q.DDLRoutine; r != nil {
		s.DdlTargetRoutine = routineRef(*r)
	}
	s.DdlTargetRowAccessPolicy, s.DdlAffectedRowAccessPolicyCount = q.DDLRowPolicy, q.DDLPolicies
	if t := q.DDLTarget; t != nil {
		if t.Table == "" {
			s.DdlTargetDataset = &bqv2.DatasetReference{ProjectId: t.Project, DatasetId: t.Dataset}
		} else {
			s.DdlTargetTable = RestRef(*t)
		}
	}
	return s
}

// Columns are those of a query's rows, or of what its statement creates, which has no
// rows; nil for none.
func Columns(q *engine.Result) []*bqv2.TableFieldSchema {
	if q.Rows != nil {
		return q.Rows.Schema
	}
	return q.Made
}

// Affected is how many rows a statement has changed.
func Affected(d *bqv2.DmlStatistics) int64 {
	return d.InsertedRowCount + d.UpdatedRowCount + d.DeletedRowCount
}

// Billed is for how many bytes a query is billed that reads so many: whole megabytes, and ten at least.
func Billed(processed int64) int64 {
	if processed == 0 {
		return 0
	}
	const megabyte = 1 << 20
	return max(billedMinimum, (processed+megabyte-1)/megabyte*megabyte)
}

func routineRef(r engine.TableRef) *bqv2.RoutineReference {
	return &bqv2.RoutineReference{ProjectId: r.Project, DatasetId: r.Dataset, RoutineId: r.Table}
}

// TableRef is the table that a configuration names, of a project unless it names one.
func TableRef(t *bqv2.TableReference, project string) engine.TableRef {
	ref := engine.TableRef{Project: t.ProjectId, Dataset: t.DatasetId, Table: t.TableId}
	if ref.Project == "" {
		ref.Project = project
	}
	return ref
}

// RestRef names a table as the API does.
func RestRef(t engine.TableRef) *bqv2.TableReference {
	return &bqv2.TableReference{ProjectId: t.Project, DatasetId: t.Dataset, TableId: t.Table}
}

// Listed is the job as jobs.list shows it; full adds what projection=full asks for.
func (j *Job) Listed(r *http.Request, full bool) *bqv2.JobListJobs {
	x := j.Resource(r)
	item := &bqv2.JobListJobs{
		Kind: x.Kind, Id: x.Id, JobReference: x.JobReference, State: x.Status.State,
		Statistics: x.Statistics, Status: x.Status, ErrorResult: x.Status.ErrorResult,
		UserEmail: x.UserEmail, PrincipalSubject: x.PrincipalSubject,
	}
	if full {
		item.Configuration = x.Configuration
	}
	return item
}
