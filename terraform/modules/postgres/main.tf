# A Cloud SQL instance with a private address only, and who may log in to it. Nobody
# has a password: accounts log in as themselves. The tables and what each account may
# do with them are made by go run ./local migrate --roles, see docs/deploy.md.

locals {
  network = var.network == null ? {
    network    = google_compute_network.postgres[0].name
    subnetwork = google_compute_subnetwork.postgres[0].name
  } : var.network

  # Cloud SQL takes the full path of a network only.
  network_id = can(regex("/", local.network.network)) ? local.network.network : "projects/${var.project_id}/global/networks/${local.network.network}"

  instance = coalesce(var.size.instance, var.name)

  # PostgreSQL's names are short: the user of an account lacks the end of its address.
  users = { for function, email in var.accounts : function => trimsuffix(email, ".gserviceaccount.com") }
}

resource "google_compute_network" "postgres" {
  count = var.network == null ? 1 : 0

  project                 = var.project_id
  name                    = "${var.name}-postgres"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "postgres" {
  count = var.network == null ? 1 : 0

  project       = var.project_id
  region        = var.region
  name          = "${var.name}-postgres"
  network       = google_compute_network.postgres[0].id
  ip_cidr_range = var.size.subnet_cidr
  # Google's own services are reached without leaving it.
  private_ip_google_access = true

  # A sample of half of the flows, each over ten minutes.
  dynamic "log_config" {
    for_each = var.flow_logs ? [1] : []
    content {
      aggregation_interval = "INTERVAL_10_MIN"
      flow_sampling        = 0.5
      metadata             = "INCLUDE_ALL_METADATA"
    }
  }
}

# Private service access: addresses of the network that Google's services have.
resource "google_compute_global_address" "services" {
  count = var.size.peer ? 1 : 0

  project       = var.project_id
  name          = "${var.name}-services"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 20
  network       = local.network_id
}

resource "google_service_networking_connection" "services" {
  count = var.size.peer ? 1 : 0

  network                 = local.network_id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services[0].name]
  # Google keeps it in use for days after the instance is gone. It goes with the network.
  deletion_policy = "ABANDON"
}

resource "google_sql_database_instance" "instance" {
  project             = var.project_id
  region              = var.region
  name                = local.instance
  database_version    = "POSTGRES_${var.size.version}"
  deletion_protection = var.deletion_protection
  encryption_key_name = var.kms_key

  settings {
    edition                     = "ENTERPRISE"
    user_labels                 = var.labels
    tier                        = var.size.tier
    availability_type           = var.size.high_availability ? "REGIONAL" : "ZONAL"
    disk_type                   = "PD_SSD"
    disk_size                   = var.size.disk_gib
    disk_autoresize             = true
    disk_autoresize_limit       = var.size.disk_limit_gib
    deletion_protection_enabled = var.deletion_protection
    # The server is reached through the connector or cloud-sql-proxy only. They prove who the
    # caller is.
    connector_enforcement = "REQUIRED"

    ip_configuration {
      ipv4_enabled    = false
      private_network = local.network_id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = format("%02d:00", var.size.backup_hour)
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = var.size.recovery_days

      backup_retention_settings {
        retained_backups = var.size.retained_backups
        retention_unit   = "COUNT"
      }
    }

    maintenance_window {
      day          = var.size.maintenance_day
      hour         = var.size.maintenance_hour
      update_track = "stable"
    }

    dynamic "deny_maintenance_period" {
      for_each = var.size.no_maintenance == null ? [] : [var.size.no_maintenance]
      iterator = period
      content {
        start_date = period.value.from
        end_date   = period.value.to
        time       = "00:00:00"
      }
    }

    database_flags {
      name  = "cloudsql.iam_authentication"
      value = "on"
    }

    database_flags {
      name  = "max_connections"
      value = tostring(var.size.max_connections)
    }
  }

  depends_on = [google_service_networking_connection.services]
}

resource "google_sql_database" "database" {
  project  = var.project_id
  instance = google_sql_database_instance.instance.name
  name     = "tallystream"
  # It is deleted with the instance, and protected by the instance's protection.
  deletion_policy = "ABANDON"
}

# The functions' accounts, and those of people who look and certify.
resource "google_sql_user" "function" {
  for_each = local.users

  project  = var.project_id
  instance = google_sql_database_instance.instance.name
  name     = each.value
  type     = "CLOUD_IAM_SERVICE_ACCOUNT"
  # PostgreSQL refuses to drop a user who has privileges.
  deletion_policy = "ABANDON"
}

resource "google_sql_user" "operator" {
  for_each = toset(var.size.operators)

  project         = var.project_id
  instance        = google_sql_database_instance.instance.name
  name            = each.key
  type            = "CLOUD_IAM_USER"
  deletion_policy = "ABANDON"
}

locals {
  members = merge(
    { for function, email in var.accounts : function => "serviceAccount:${email}" },
    { for email in var.size.operators : email => "user:${email}" },
  )
}

# Whoever connects needs a role, which only a project can have: the condition limits it to this instance.
resource "google_project_iam_member" "client" {
  for_each = local.members

  project = var.project_id
  role    = "roles/cloudsql.client"
  member  = each.value

  condition {
    title      = "${var.name} instance"
    expression = "resource.type == 'sqladmin.googleapis.com/Instance' && resource.name == 'projects/${var.project_id}/instances/${local.instance}'"
  }
}

# Whoever logs in needs this role, and a user of the instance.
resource "google_project_iam_member" "login" {
  for_each = local.members

  project = var.project_id
  role    = "roles/cloudsql.instanceUser"
  member  = each.value
}
