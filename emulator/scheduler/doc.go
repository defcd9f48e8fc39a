// Package scheduler does inside a process what Cloud Scheduler does with HTTP
// jobs: it calls an endpoint on a schedule, with Cloud Scheduler's headers,
// attempt deadline and retries. No two executions of a job run at a time: one that is due
// while the last one runs begins when that has ended.
//
// Besides unix-cron schedules, whose finest step is a minute, it knows two
// that suit one machine: "every 1s", and "continuously", which starts the next
// execution when the last has ended. A profile says how long a minute is. It has no jobs
// that are made at run time, and no Pub/Sub or App Engine targets.
package scheduler
