# What people need next.

locals {
  dashboard_url = var.page == null ? module.function["dashboard"].uri : "https://${var.page.domain}"

  deployed_functions = {
    for name in keys(local.functions) : name => {
      name            = module.function[name].name
      uri             = module.function[name].uri
      service_account = module.function[name].email
    }
  }
}

output "dashboard_url" {
  description = "Address of the dashboard."
  value       = local.dashboard_url
}

output "page_address" {
  description = "Address that the A record of page.domain must name. Null without page."
  value       = var.page == null ? null : module.page[0].address
}

output "open_dashboard" {
  description = "How to look at the dashboard."
  value = var.public_dashboard ? "open ${local.dashboard_url}" : join(" ", [
    "gcloud run services proxy ${module.function["dashboard"].name} --project ${var.project_id} --region ${var.region} --port 8080",
    "# then open http://127.0.0.1:8080",
  ])
}

output "brokers" {
  description = "Where producers send records."
  value       = local.brokers
}

output "topics" {
  description = "The Kafka topics that are read."
  value       = { voters = var.kafka.voters_topic, votes = var.kafka.votes_topic }
}

output "logs" {
  description = "Commands that show what each function did: one line per invocation."
  value = {
    for name in keys(local.functions) : name =>
    "gcloud logging read 'jsonPayload.function=\"${name}\" AND resource.labels.service_name=\"${module.function[name].name}\" AND resource.labels.location=\"${var.region}\"' --project ${var.project_id} --limit 20 --format 'value(timestamp, severity, jsonPayload.message)'"
  }
}

output "run_now" {
  description = "Commands that call a function now instead of at the next minute."
  value = {
    for name in module.schedules.names : name =>
    "gcloud scheduler jobs run ${name} --project ${var.project_id} --location ${coalesce(var.scheduler_region, var.region)}"
  }
}

output "operations" {
  description = "Commands that rebuild the tables and read Kafka again: docs/operations.md says when."
  value = {
    for name in module.schedules.operations : name =>
    "go run ./local ${name} --project ${var.project_id} --region ${coalesce(var.scheduler_region, var.region)}${var.name_prefix == "" ? "" : " --prefix ${var.name_prefix}"}"
  }
}

output "results" {
  description = "Command that shows the count as the tables have it."
  value = local.on_postgres ? (
    "psql 'host=127.0.0.1 sslmode=disable dbname=${module.postgres[0].database} user=YOU@EXAMPLE.ORG' -c 'SELECT candidate, votes, share FROM analytics.candidate_totals ORDER BY votes DESC' # beside cloud-sql-proxy"
    ) : (
    "bq query --project_id ${var.project_id} --location ${local.bigquery_location} --nouse_legacy_sql 'SELECT candidate, votes, share FROM ${local.id_prefix}analytics.candidate_totals ORDER BY votes DESC'"
  )
}

output "database_proxy" {
  description = "Command that lets psql and go run ./local reach the database at 127.0.0.1, on a machine in its network. Null on BigQuery."
  value       = local.on_postgres ? "cloud-sql-proxy --private-ip --auto-iam-authn ${module.postgres[0].instance}" : null
}

output "role_grants" {
  description = "Statements that give the functions' users their roles, once go run ./local migrate --roles has made these. None on BigQuery."
  value       = local.on_postgres ? join("\n", module.postgres[0].role_grants) : ""
}

output "dead_letters" {
  description = "Command that shows messages that ingest could not take."
  value       = "gcloud pubsub subscriptions pull ${module.messaging.dead_letter_subscription} --project ${var.project_id} --limit 10"
}

output "operations_dashboard" {
  description = "Page of Cloud Monitoring with the state of every stage."
  value       = module.monitoring.dashboard_url
}

output "functions" {
  description = "Each function's name, address and service account."
  value       = local.deployed_functions
}

output "deployment" {
  description = "What scripts need, in one value: terraform output -json deployment."
  value = {
    project        = var.project_id
    name_prefix    = var.name_prefix
    region         = var.region
    warehouse      = var.warehouse
    dataset_prefix = local.on_postgres ? "" : local.id_prefix
    dashboard_url  = local.dashboard_url
    brokers        = local.brokers
    topics         = { voters = var.kafka.voters_topic, votes = var.kafka.votes_topic }
    pubsub = {
      topic                    = module.messaging.topic
      subscription             = module.messaging.subscription
      dead_letter_subscription = module.messaging.dead_letter_subscription
    }
    functions = local.deployed_functions
    schedules = module.schedules.names
    source    = google_storage_bucket_object.source.name
  }
}

output "public_functions" {
  description = "Functions that everybody may call: the dashboard or none."
  value       = sort([for name, f in local.functions : name if f.public])
}

output "source_object_name" {
  description = "The source that is deployed: the name carries its content's hash."
  value       = google_storage_bucket_object.source.name
}
