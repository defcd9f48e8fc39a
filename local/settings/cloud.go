package settings

import (
	"fmt"
	"strconv"
	"time"
)

// What Terraform sets by default, for a system on this machine that is to behave as one
// in the cloud. Tests beside Terraform's files hold all of it to them.

// Service is how Cloud Run runs a function.
type Service struct {
	Concurrency, MinInstances, MaxInstances int
	Timeout                                 time.Duration
	Internal                                bool // refuses other callers than Cloud Scheduler and Pub/Sub
}

// CloudServices are the functions' services, by name.
func CloudServices() map[string]Service {
	return map[string]Service{
		Bridge:    {Concurrency: 1, MaxInstances: 3, Timeout: 900 * time.Second, Internal: true},
		Ingest:    {Concurrency: 8, MaxInstances: 10, Timeout: 60 * time.Second, Internal: true},
		Aggregate: {Concurrency: 1, MaxInstances: 2, Timeout: 900 * time.Second, Internal: true},
		Dashboard: {Concurrency: 1000, MaxInstances: 1, Timeout: 300 * time.Second},
	}
}

// CloudJob is a job of Cloud Scheduler, which calls a function.
type CloudJob struct {
	Function string
	Schedule string // unix-cron
	Deadline time.Duration
	Body     string // JSON
}

// CloudJobs are the jobs by name, with times in their bodies that speed divides. Those of
// the bridge take turns, and each call ends after the next has begun.
func CloudJobs(speed float64) map[string]CloudJob {
	drain := fmt.Sprintf(`{"shard":0,"shards":1,"seconds":%v}`, 63/speed)
	return map[string]CloudJob{
		"bridge-00":     {Bridge, "*/2 * * * *", 180 * time.Second, drain},
		"bridge-00-odd": {Bridge, "1-59/2 * * * *", 180 * time.Second, drain},
		Aggregate:       {Aggregate, "* * * * *", 900 * time.Second, `{"until":"deadline"}`},
	}
}

// Push says how Pub/Sub pushes messages.
type Push struct {
	AckDeadline, MinBackoff, MaxBackoff time.Duration
	Attempts                            int32
}

// CloudPush is how Pub/Sub pushes to ingest.
func CloudPush() Push {
	return Push{AckDeadline: 60 * time.Second, MinBackoff: 10 * time.Second, MaxBackoff: 600 * time.Second, Attempts: 100}
}

// CloudRebuildJob is the job that catches up unless a person gives it another body. Its
// schedule is one that hardly comes.
func CloudRebuildJob() CloudJob {
	return CloudJob{Aggregate, "0 0 29 2 *", 900 * time.Second, `{"until":"caught_up"}`}
}

// cloudTimes are settings that are lengths of time: in their unit, and the least that
// the function takes.
var cloudTimes = map[string]struct{ value, unit, least time.Duration }{
	"DRAIN_SECONDS":  {55 * time.Second, time.Second, time.Second},
	"REPORT_SECONDS": {10 * time.Second, time.Second, time.Second},
	"LINGER_MS":      {25 * time.Millisecond, time.Millisecond, 0},
	"PASS_INTERVAL":  {30 * time.Second, time.Second, 0},
	"REFRESH":        {2 * time.Second, time.Second, 50 * time.Millisecond},
	"MAX_AGE":        {60 * time.Second, time.Second, time.Second},
	"STEP_INTERVAL":  {5 * time.Second, time.Second, 0},
	"STREAM_SECONDS": {240 * time.Second, time.Second, time.Second},
	"FINAL_AFTER":    {300 * time.Second, time.Second, time.Second},
	"DELAYED_AFTER":  {180 * time.Second, time.Second, time.Second},
}

// Cloud are the settings of the functions in the cloud, with times that speed divides.
// QUERY_TIMEOUT keeps its length: it bounds what this machine does too.
func Cloud(speed float64) map[string]string {
	values := map[string]string{
		"BATCH_RECORDS":  "5000",
		"BATCH_BYTES":    "1048576",
		"INFLIGHT_BYTES": "16777216",
		"MAX_STREAMS":    "800",
		"QUERY_TIMEOUT":  "30",
	}
	for name, t := range cloudTimes {
		scaled := max(t.least, time.Duration(float64(t.value)/speed))
		values[name] = strconv.FormatFloat(float64(scaled)/float64(t.unit), 'f', -1, 64)
	}
	return values
}
