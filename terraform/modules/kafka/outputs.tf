output "bootstrap_address" {
  description = "Address that clients begin with, host:port. The service makes it of the names."
  value       = "bootstrap.${google_managed_kafka_cluster.kafka.cluster_id}.${var.region}.managedkafka.${var.project_id}.cloud.goog:9092"
}

output "network" {
  description = "Where the brokers can be reached."
  value = {
    network    = google_compute_network.kafka.name
    subnetwork = google_compute_subnetwork.kafka.name
  }
}
