# The project: its services, and the accounts that no function has.

locals {
  labels = merge(var.labels, { app = "tallystream" })

  bigquery_location = coalesce(var.bigquery_location, var.region)

  services = concat([
    "artifactregistry",
    "cloudbuild",
    "cloudfunctions",
    "cloudresourcemanager",
    "cloudscheduler",
    "iam",
    "logging",
    "monitoring",
    "pubsub",
    "run",
    "secretmanager",
    "storage",
    ],
    local.on_postgres ? ["servicenetworking", "sqladmin"] : ["bigquery", "bigquerystorage"],
    var.managed_kafka == null ? [] : ["managedkafka"],
    var.budget == null ? [] : ["billingbudgets"],
    var.managed_kafka != null || local.on_postgres || var.page != null ? ["compute"] : [],
  )
}

resource "google_project_service" "service" {
  for_each = toset(local.services)

  project = var.project_id
  service = "${each.key}.googleapis.com"

  # Others may use them.
  disable_on_destroy = false
}

# Who calls bridge and aggregate.
resource "google_service_account" "scheduler" {
  project      = var.project_id
  account_id   = "tallystream-scheduler"
  display_name = "Tallystream: schedules that call the bridge and the aggregation"

  depends_on = [google_project_service.service]
}

# Who pushes to ingest.
resource "google_service_account" "push" {
  project      = var.project_id
  account_id   = "tallystream-push"
  display_name = "Tallystream: the subscription that pushes to ingest"

  depends_on = [google_project_service.service]
}

# Who builds the functions. Without it the project's default account would,
# which newer projects give no permissions, and older ones too many.
resource "google_service_account" "build" {
  project      = var.project_id
  account_id   = "tallystream-build"
  display_name = "Tallystream: builds of the functions"

  depends_on = [google_project_service.service]
}

# What a build needs beside what is granted in source.tf.
resource "google_project_iam_member" "build" {
  for_each = toset(["roles/logging.logWriter"])

  project = var.project_id
  role    = each.key
  member  = google_service_account.build.member
}

# Cloud Functions copies the source into a bucket of its own, which it makes with the first
# build: a grant on it would come too late, so the project's is narrowed to its name.
resource "google_project_iam_member" "build_source" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "source of functions"
    expression = "resource.name.startsWith('projects/_/buckets/gcf-v2-sources-')"
  }
}

moved {
  from = google_project_iam_member.build["roles/storage.objectViewer"]
  to   = google_project_iam_member.build_source
}

# Queries run in a project: there is no narrower place for this role. What they
# may read and write is granted table by table, see warehouse.tf.
resource "google_project_iam_member" "query" {
  for_each = toset(local.on_postgres ? [] : ["aggregate", "dashboard"])

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = module.function[each.key].member
}

# A grant takes a minute or two until it holds everywhere, and the first build
# fails without its own. Waits once, when the grants are made.
resource "terraform_data" "settled" {
  triggers_replace = [google_service_account.build.unique_id]

  provisioner "local-exec" {
    command = "sleep ${var.settle_seconds}"
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.build,
    google_project_iam_member.build_source,
    google_storage_bucket_iam_member.build,
  ]
}
