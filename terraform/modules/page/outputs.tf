output "address" {
  description = "Address that the domain's A record must name."
  value       = google_compute_global_address.page.address
}
