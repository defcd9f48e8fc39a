# The functions' source: one archive for all of them, and the images made of it.

locals {
  archive = coalesce(var.archive, "${path.module}/../dist/tallystream.zip")
  # The content's hash is the object's name: a change of the source is another
  # object, and only that deploys the functions anew.
  archive_hash = fileexists(local.archive) ? substr(filesha256(local.archive), 0, 20) : "missing"
}

resource "google_storage_bucket" "source" {
  project                     = var.project_id
  name                        = coalesce(var.source_bucket, "${var.project_id}-tallystream-source")
  location                    = var.region
  labels                      = local.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true # it holds what this repository can make again

  dynamic "encryption" {
    for_each = var.kms_key == null ? [] : [var.kms_key]
    content {
      default_kms_key_name = encryption.value
    }
  }

  depends_on = [google_project_service.service]
}

resource "google_storage_bucket_object" "source" {
  bucket = google_storage_bucket.source.name
  name   = "tallystream-${local.archive_hash}.zip"
  source = local.archive
  # The source before it stays in the bucket, to go back to.
  deletion_policy = "ABANDON"

  lifecycle {
    precondition {
      condition     = fileexists(local.archive)
      error_message = "There is no archive at ${local.archive}: make it with go run ./local package, or name another with var.archive."
    }
  }
}

resource "google_storage_bucket_iam_member" "build" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.build.member
}

resource "google_artifact_registry_repository" "images" {
  project       = var.project_id
  location      = var.region
  repository_id = "tallystream"
  description   = "Images of the functions"
  labels        = local.labels
  kms_key_name  = var.kms_key
  format        = "DOCKER"

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "2592000s" # 30 days
    }
  }

  depends_on = [google_project_service.service]
}

resource "google_artifact_registry_repository_iam_member" "build" {
  project    = var.project_id
  location   = google_artifact_registry_repository.images.location
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}
