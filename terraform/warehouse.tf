# The tables, and who may touch which: in BigQuery, or in a database of Cloud SQL.

locals {
  on_postgres = var.warehouse == "postgres"
}

module "warehouse" {
  source = "./modules/warehouse"
  count  = local.on_postgres ? 0 : 1

  project_id          = var.project_id
  location            = local.bigquery_location
  labels              = local.labels
  kms_key             = var.kms_key
  definitions         = "${path.module}/../shared/warehouse"
  deletion_protection = var.deletion_protection

  # Granted on each table of the dataset, not on the dataset. A member's readers' role brings
  # the views with it.
  grants = {
    ingest_appends_to_raw      = { dataset = "raw", role = "projects/${var.project_id}/roles/${google_project_iam_custom_role.appender[0].role_id}", member = module.function["ingest"].member }
    aggregate_reads_raw        = { dataset = "raw", role = "roles/bigquery.dataViewer", member = module.function["aggregate"].member }
    aggregate_writes_core      = { dataset = "core", role = "roles/bigquery.dataEditor", member = module.function["aggregate"].member }
    aggregate_writes_analytics = { dataset = "analytics", role = "roles/bigquery.dataEditor", member = module.function["aggregate"].member }
    dashboard_reads_analytics  = { dataset = "analytics", role = "roles/bigquery.dataViewer", member = module.function["dashboard"].member }
  }

  readers = var.readers

  depends_on = [google_project_service.service]
}

# Appends rows and looks at a table's columns, which is what the Storage Write API asks for
# (https://cloud.google.com/bigquery/docs/write-api#required_permissions). It shows no row. To
# change or delete one takes a query, which needs a job, which the account may not run.
resource "google_project_iam_custom_role" "appender" {
  count = local.on_postgres ? 0 : 1

  project     = var.project_id
  role_id     = "tallystreamAppender"
  title       = "Tallystream: appends to tables"
  description = "Adds rows to the tables that it is granted on, and reads none."
  permissions = ["bigquery.tables.get", "bigquery.tables.updateData"]

  depends_on = [google_project_service.service]
}

moved {
  from = module.warehouse
  to   = module.warehouse[0]
}

locals {
  # Connections that the pool of an instance of a function has at most. Each message of ingest
  # takes one.
  pools = {
    ingest    = var.functions.ingest.concurrency
    aggregate = 4
    dashboard = 4
  }

  # What the functions are told that have tables.
  warehouse_environment = {
    WAREHOUSE          = var.warehouse
    CLOUD_SQL_INSTANCE = local.on_postgres ? module.postgres[0].instance : ""
  }

  # Users are named for the functions' accounts, see modules/function.
  database_urls = {
    for name, connections in local.pools : name =>
    local.on_postgres ? "user=tallystream-${name}@${var.project_id}.iam dbname=${module.postgres[0].database} pool_max_conns=${connections}" : ""
  }
  warehouse_network = local.on_postgres ? module.postgres[0].network : null
}

module "postgres" {
  source = "./modules/postgres"
  count  = local.on_postgres ? 1 : 0

  project_id          = var.project_id
  region              = var.region
  labels              = local.labels
  kms_key             = var.kms_key
  flow_logs           = var.flow_logs
  network             = local.bridge_network
  accounts            = { for name in keys(local.pools) : name => module.function[name].email }
  connections         = local.pools.ingest * var.functions.ingest.max_instances + local.pools.aggregate * 2 + (local.pools.dashboard + 1) * var.functions.dashboard.max_instances # it listens on another
  size                = var.postgres
  deletion_protection = var.deletion_protection

  depends_on = [google_project_service.service]
}
