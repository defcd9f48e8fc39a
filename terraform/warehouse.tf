# The tables, and who may touch which.

module "warehouse" {
  source = "./modules/warehouse"

  project_id          = var.project_id
  location            = local.bigquery_location
  definitions         = "${path.module}/../shared/warehouse"
  deletion_protection = var.deletion_protection

  # Granted on each table of the dataset, not on the dataset.
  grants = {
    ingest_writes_raw          = { dataset = "raw", role = "roles/bigquery.dataEditor", member = module.function["ingest"].member }
    aggregate_reads_raw        = { dataset = "raw", role = "roles/bigquery.dataViewer", member = module.function["aggregate"].member }
    aggregate_writes_core      = { dataset = "core", role = "roles/bigquery.dataEditor", member = module.function["aggregate"].member }
    aggregate_writes_analytics = { dataset = "analytics", role = "roles/bigquery.dataEditor", member = module.function["aggregate"].member }
    dashboard_reads_analytics  = { dataset = "analytics", role = "roles/bigquery.dataViewer", member = module.function["dashboard"].member }
  }

  depends_on = [google_project_service.service]
}
