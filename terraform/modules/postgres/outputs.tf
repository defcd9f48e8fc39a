output "instance" {
  description = "The instance as connectors name it, PROJECT:REGION:INSTANCE."
  value       = "${var.project_id}:${var.region}:${google_sql_database_instance.instance.name}"
}

output "database" {
  description = "Name of the database."
  value       = google_sql_database.database.name
}

output "network" {
  description = "Where the instance can be reached."
  value       = local.network
}

output "role_grants" {
  description = "Statements that give the users their roles, for psql after the roles have been made."
  value = concat(
    [for function in sort(keys(local.users)) : "GRANT tallystream_${function} TO \"${local.users[function]}\";"],
    [for email in sort(var.size.operators) : "GRANT tallystream_operate TO \"${email}\";"],
  )
}

output "watched" {
  description = "What monitoring needs to know of the instance."
  value = {
    id                = "${var.project_id}:${google_sql_database_instance.instance.name}"
    max_connections   = var.size.max_connections
    disk_limit_gib    = var.size.disk_limit_gib
    high_availability = var.size.high_availability
  }
}
