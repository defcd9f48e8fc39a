output "names" {
  description = "Names of the jobs of every minute."
  value       = sort([for j in google_cloud_scheduler_job.job : j.name])
}

output "operations" {
  description = "Jobs that a person gives a body and runs: their names without the prefix."
  value       = sort(keys(google_cloud_scheduler_job.operation))
}
