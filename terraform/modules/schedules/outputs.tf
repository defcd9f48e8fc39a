output "names" {
  description = "Names of the jobs of every minute."
  value       = sort(keys(google_cloud_scheduler_job.job))
}

output "operations" {
  description = "Names of the jobs that a person gives a body and runs."
  value       = sort(keys(google_cloud_scheduler_job.operation))
}
