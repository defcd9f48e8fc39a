// Package scheduler is Cloud Scheduler's API of version 1 over the scheduler that calls
// (https://cloud.google.com/scheduler/docs/reference/rest): jobs that call HTTP targets by
// unix-cron schedules. It has no targets of Pub/Sub and App Engine, no OAuth tokens and no
// schedules in App Engine's words; they are refused by name.
package scheduler
