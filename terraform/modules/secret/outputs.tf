output "id" {
  description = "Full name of the secret, of which versions are made."
  value       = google_secret_manager_secret.secret.id
}

output "secret_id" {
  description = "Name of the secret."
  value       = google_secret_manager_secret.secret.secret_id
}
