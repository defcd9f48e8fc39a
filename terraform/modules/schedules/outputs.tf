output "names" {
  description = "Names of the jobs."
  value       = sort(keys(google_cloud_scheduler_job.job))
}
