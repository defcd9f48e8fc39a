package engine

import (
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/times"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// utc is the time zone at the beginning of a script.
const utc = "UTC"

// systemValue is the value of a system variable
// (https://cloud.google.com/bigquery/docs/reference/system-variables).
func (r *run) systemValue(name string) any {
	if v, ok := r.state.System[name]; ok {
		return v
	}
	switch name {
	case "project_id":
		return r.names.project
	case "dataset_project_id":
		return r.names.defaultProject
	case "dataset_id":
		return orNull(r.names.defaultDataset)
	case "session_id":
		return orNull(r.session)
	case "time_zone":
		return utc
	case "script.job_id":
		return orNull(r.query.JobID)
	case "script.num_child_jobs", "script.bytes_processed":
		children, bytes := r.children()
		if name == "script.bytes_processed" {
			return bytes
		}
		return children
	case translate.SessionUser:
		_, email, _ := strings.Cut(principal(r.names.caller), ":")
		return email
	}
	return nil
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// children are the number of statements that the script has run, and the bytes that they have read.
func (r *run) children() (n, bytes int64) {
	if r.total == nil {
		return 0, 0
	}
	for _, c := range r.total.Children {
		bytes += c.BytesProcessed
	}
	return int64(len(r.total.Children)), bytes
}

// zone is the time zone of what says none, "" for UTC.
func (r *run) zone() string {
	zone, _ := r.state.System["time_zone"].(string)
	if zone == utc {
		return ""
	}
	return zone
}

// SetSystem implements script.Host.
func (h *host) SetSystem(name string, value any) error {
	text, isText := value.(string)
	switch name {
	case "dataset_id", "dataset_project_id", "query_label", "time_zone":
	case "location", "reservation":
		return bqerror.Unsupported("SET @@%s", name)
	default:
		return bqerror.Query("Cannot assign to system variable: @@%s", name)
	}
	if !isText && (value != nil || name == "time_zone") {
		return bqerror.Query("Invalid value for system variable @@%s: it must be a STRING", name)
	}
	switch name {
	case "dataset_id":
		h.names.defaultDataset = text
	case "dataset_project_id":
		h.names.defaultProject = text
	case "time_zone":
		if err := times.CheckZone(text); err != nil {
			return bqerror.Query("%s", err)
		}
		h.state.System[name] = text
	default:
		h.state.System[name] = value
	}
	return nil
}
