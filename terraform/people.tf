# What people may do: those who run the count, and those who read its tables.

locals {
  scheduler_region = coalesce(var.scheduler_region, var.region)
}

# Operators read logs, metrics and alerts, take dead letters and publish them again, and run
# the schedules, also with a body of theirs: docs/operations.md. They read no table.
resource "google_project_iam_custom_role" "operator" {
  count = length(var.operators) > 0 ? 1 : 0

  project     = var.project_id
  role_id     = "tallystreamOperator"
  title       = "Tallystream: runs schedules"
  description = "Runs, pauses and resumes schedules, and gives them a body."
  permissions = [
    "cloudscheduler.jobs.enable",
    "cloudscheduler.jobs.get",
    "cloudscheduler.jobs.list",
    "cloudscheduler.jobs.pause",
    "cloudscheduler.jobs.run",
    "cloudscheduler.jobs.update",
    "cloudscheduler.locations.get",
    "cloudscheduler.locations.list",
  ]

  depends_on = [google_project_service.service]
}

resource "google_project_iam_member" "operator" {
  for_each = {
    for pair in setproduct(var.operators, ["logs", "metrics", "schedules"]) : "${pair[1]}:${pair[0]}" => { member = pair[0], may = pair[1] }
  }

  project = var.project_id
  role = {
    logs      = "roles/logging.viewer"
    metrics   = "roles/monitoring.viewer"
    schedules = "projects/${var.project_id}/roles/${google_project_iam_custom_role.operator[0].role_id}"
  }[each.value.may]
  member = each.value.member
}

# A schedule's body is changed by whoever may act as the account that it calls with.
resource "google_service_account_iam_member" "operator" {
  for_each = toset(var.operators)

  service_account_id = google_service_account.scheduler.name
  role               = "roles/iam.serviceAccountUser"
  member             = each.key
}

resource "google_pubsub_subscription_iam_member" "operator" {
  for_each = toset(var.operators)

  project      = var.project_id
  subscription = module.messaging.dead_letter_subscription
  role         = "roles/pubsub.subscriber"
  member       = each.key
}

resource "google_pubsub_topic_iam_member" "operator" {
  for_each = toset(var.operators)

  project = var.project_id
  topic   = module.messaging.topic
  role    = "roles/pubsub.publisher"
  member  = each.key
}

# Readers query the results: the tables of analytics and the views of marts, which need nothing
# below them. On PostgreSQL they are operators of the database, see var.postgres.
resource "google_project_iam_member" "reader" {
  for_each = toset(var.readers)

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = each.key
}
