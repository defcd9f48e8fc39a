output "topic" {
  description = "Topic between the bridge and ingest."
  value       = google_pubsub_topic.records.name
}

output "subscription" {
  description = "Subscription that pushes to ingest."
  value       = google_pubsub_subscription.ingest.name
}

output "dead_letter_subscription" {
  description = "Subscription that holds the dead letters."
  value       = google_pubsub_subscription.dead_letters.name
}
