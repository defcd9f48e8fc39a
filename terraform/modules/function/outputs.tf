output "uri" {
  description = "Address of the function, also the audience of tokens for it."
  value       = google_cloudfunctions2_function.function.service_config[0].uri
}

output "name" {
  description = "Name of the function, and of the Cloud Run service that runs it."
  value       = google_cloudfunctions2_function.function.name
}

output "email" {
  description = "The function's service account."
  value       = google_service_account.function.email
}

output "member" {
  description = "The function's service account as IAM names it."
  value       = google_service_account.function.member
}
