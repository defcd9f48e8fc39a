output "dashboard_url" {
  description = "Address of the operations dashboard."
  value       = "https://console.cloud.google.com/monitoring/dashboards/builder/${reverse(split("/", google_monitoring_dashboard.operations.id))[0]}?project=${var.project_id}"
}

output "alerts" {
  description = "Alerts by their key, which is the name of their playbook too."
  value       = { for name, a in local.watched : name => a.title }
}

output "channels" {
  description = "Notification channels that are told of alerts."
  value       = local.channels
}
