# A secret of Secret Manager, without a version: who calls this writes its own.

resource "google_secret_manager_secret" "secret" {
  project             = var.project_id
  secret_id           = var.secret_id
  labels              = var.labels
  deletion_protection = var.deletion_protection

  # A key of one's own is one region's.
  replication {
    dynamic "auto" {
      for_each = var.kms_key == null ? [1] : []
      content {}
    }

    dynamic "user_managed" {
      for_each = var.kms_key == null ? [] : [var.kms_key]
      content {
        replicas {
          location = var.region
          customer_managed_encryption {
            kms_key_name = user_managed.value
          }
        }
      }
    }
  }
}
