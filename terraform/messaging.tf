# Pub/Sub, from the bridge to ingest.

module "messaging" {
  source = "./modules/messaging"

  project_id          = var.project_id
  project_number      = google_storage_bucket.source.project_number
  topic               = local.topic
  labels              = local.labels
  kms_key             = var.kms_key
  publisher           = module.function["bridge"].member
  push_endpoint       = module.function["ingest"].uri
  push_account        = google_service_account.push.email
  deletion_protection = var.deletion_protection

  depends_on = [google_project_service.service]
}
