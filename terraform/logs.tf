# What is kept of what happened: logs for longer than a month, and who did what, in a
# bucket that nobody can change.

# Cloud Logging keeps log lines for 30 days. The functions' are kept for longer in a bucket
# of their own, beside that.
resource "google_logging_project_bucket_config" "logs" {
  count = var.log_retention_days == 30 ? 0 : 1

  project        = var.project_id
  location       = var.region
  bucket_id      = local.name
  description    = "Log lines of the functions, their builds and their schedules."
  retention_days = var.log_retention_days

  dynamic "cmek_settings" {
    for_each = var.kms_key == null ? [] : [var.kms_key]
    content {
      kms_key_name = cmek_settings.value
    }
  }

  depends_on = [google_project_service.service]
}

resource "google_logging_project_sink" "logs" {
  count = var.log_retention_days == 30 ? 0 : 1

  project     = var.project_id
  name        = "${local.name}-logs"
  destination = "logging.googleapis.com/${google_logging_project_bucket_config.logs[0].id}"
  filter = join("\n", [
    "(resource.type=\"cloud_run_revision\" AND (${join(" OR ", [for name in sort(keys(local.functions)) : "resource.labels.service_name=\"${local.prefix}${name}\""])}))",
    # Without a prefix it is the schedules of all, as their names have nothing in common.
    local.prefix == "" ? "OR resource.type=\"cloud_scheduler_job\"" : "OR (resource.type=\"cloud_scheduler_job\" AND resource.labels.job_id=~\"^${local.prefix}\")",
  ])
}

# Who changed the deployment, and who read which table: the project's audit logs, as files in
# a bucket whose objects can't be deleted before their time.
resource "google_storage_bucket" "audit" {
  count = var.audit_days == 0 ? 0 : 1

  project                     = var.project_id
  name                        = "${var.project_id}-${local.name}-audit"
  location                    = var.region
  labels                      = local.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection

  dynamic "encryption" {
    for_each = var.kms_key == null ? [] : [var.kms_key]
    content {
      default_kms_key_name = encryption.value
    }
  }

  retention_policy {
    retention_period = var.audit_days * 86400
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = var.audit_days
    }
  }

  depends_on = [google_project_service.service]
}

resource "google_logging_project_sink" "audit" {
  count = var.audit_days == 0 ? 0 : 1

  project                = var.project_id
  name                   = "${local.name}-audit"
  destination            = "storage.googleapis.com/${google_storage_bucket.audit[0].name}"
  filter                 = "logName:\"cloudaudit.googleapis.com\""
  unique_writer_identity = true
}

resource "google_storage_bucket_iam_member" "audit" {
  count = var.audit_days == 0 ? 0 : 1

  bucket = google_storage_bucket.audit[0].name
  role   = "roles/storage.objectCreator"
  member = google_logging_project_sink.audit[0].writer_identity
}
