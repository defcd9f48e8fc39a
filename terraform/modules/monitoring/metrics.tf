# Metrics from the line that each invocation of a function logs. A field is an
# attribute of that line, see functions/*; a metric without one counts lines.
# Metrics of work that ended well leave out work that will be tried again.

locals {
  log_metrics = {
    bridge_runs          = { function = "bridge", field = null, well = true, unit = "1", description = "Drains that ended well." }
    bridge_records       = { function = "bridge", field = "records", well = false, unit = "1", description = "Records that a drain published." }
    bridge_lag           = { function = "bridge", field = "lag", well = false, unit = "1", description = "Offsets that a drain left on Kafka." }
    ingest_records       = { function = "ingest", field = "records", well = true, unit = "1", description = "Records of a message that ingest stored, rejects included." }
    ingest_rejects       = { function = "ingest", field = "rejects", well = true, unit = "1", description = "Records of a message that can't be counted." }
    ingest_lag           = { function = "ingest", field = "lag", well = true, unit = "s", description = "From Kafka to the raw tables, of the oldest record of a message." }
    aggregate_runs       = { function = "aggregate", field = null, well = true, unit = "1", description = "Calls of the aggregation that ended well." }
    aggregate_passes     = { function = "aggregate", field = "passes", well = false, unit = "1", description = "Passes of a call." }
    aggregate_records    = { function = "aggregate", field = "records", well = false, unit = "1", description = "Records that the passes of a call settled." }
    aggregate_waiting    = { function = "aggregate", field = "waiting", well = false, unit = "1", description = "Records above a missing one, at the end of a call." }
    aggregate_unbalanced = { function = "aggregate", field = "unbalanced", well = false, unit = "1", description = "Partitions whose books don't balance, at the end of a call." }
  }

  # Lines of one function. Cloud Logging's names for a Cloud Run service.
  from_function = {
    for name, service in var.services : name => join(" AND ", [
      "resource.type=\"cloud_run_revision\"",
      "resource.labels.location=\"${var.region}\"",
      "resource.labels.service_name=\"${service}\"",
    ])
  }
}

resource "google_logging_metric" "line" {
  for_each = local.log_metrics

  project     = var.project_id
  name        = "${var.name}/${each.key}"
  description = each.value.description
  filter = join(" AND ", compact([
    local.from_function[each.value.function],
    "jsonPayload.function=\"${each.value.function}\"",
    each.value.well ? "jsonPayload.status<300" : "",
    each.value.field == null ? "" : "jsonPayload.${coalesce(each.value.field, "-")}>=0",
  ]))
  value_extractor = each.value.field == null ? null : "EXTRACT(jsonPayload.${each.value.field})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = each.value.field == null ? "INT64" : "DISTRIBUTION"
    unit        = each.value.unit
  }

  # Only sums and counts are read. So there are as few buckets as are allowed.
  dynamic "bucket_options" {
    for_each = each.value.field == null ? [] : [true]
    content {
      exponential_buckets {
        num_finite_buckets = 10
        growth_factor      = 10
        scale              = 1
      }
    }
  }
}

resource "google_logging_metric" "errors" {
  project     = var.project_id
  name        = "${var.name}/errors"
  description = "Lines of severity ERROR and above, by function: the function's own, and Cloud Run's where it has something to say."
  filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.location=\"${var.region}\"",
    "(${join(" OR ", [for service in sort(values(var.services)) : "resource.labels.service_name=\"${service}\""])})",
    "severity>=ERROR",
    # A failed request has a line of Cloud Run beside the function's own. Only if the function
    # couldn't answer has that line a text: after a time-out or a crash, or without an instance.
    "(NOT logName:\"run.googleapis.com%2Frequests\" OR textPayload:*)",
  ])

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
  }
}

locals {
  # The Cloud SQL instance. Without one no series has the id.
  database    = var.database == null ? { id = "", max_connections = 0, disk_limit_gib = 0, high_availability = false } : var.database
  of_database = "{monitored_resource=\"cloudsql_database\",database_id=\"${local.database.id}\"}"

  # In PromQL's name of a metric every special character but the first / is an underscore
  # (https://cloud.google.com/monitoring/promql/promql-mapping).
  promql_name = replace(var.name, "-", "_")

  # The metrics as PromQL names them; a distribution has _sum and _count.
  promql = merge(
    {
      for name, m in local.log_metrics : name =>
      "logging_googleapis_com:user_${local.promql_name}_${name}${m.field == null ? "" : "_sum"}{monitored_resource=\"cloud_run_revision\"}"
    },
    {
      for name, m in local.log_metrics : "${name}_lines" =>
      "logging_googleapis_com:user_${local.promql_name}_${name}_count{monitored_resource=\"cloud_run_revision\"}" if m.field != null
    },
    {
      errors = "logging_googleapis_com:user_${local.promql_name}_errors{monitored_resource=\"cloud_run_revision\"}"
      waiting_for_ingest = join("", [
        "pubsub_googleapis_com:subscription_oldest_unacked_message_age",
        "{monitored_resource=\"pubsub_subscription\",subscription_id=\"${var.subscription}\"}",
      ])
      dead_letters = join("", [
        "pubsub_googleapis_com:subscription_num_undelivered_messages",
        "{monitored_resource=\"pubsub_subscription\",subscription_id=\"${var.dead_letter_subscription}\"}",
      ])
      page_answers         = "run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"${var.services["dashboard"]}\"}"
      page_errors          = "run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"${var.services["dashboard"]}\",response_code_class=\"5xx\"}"
      page_up              = "monitoring_googleapis_com:uptime_check_check_passed{monitored_resource=\"uptime_url\",check_id=\"${try(google_monitoring_uptime_check_config.page[0].uptime_check_id, "")}\"}"
      database_connections = "cloudsql_googleapis_com:database_postgresql_num_backends${local.of_database}"
      database_cpu         = "cloudsql_googleapis_com:database_cpu_utilization${local.of_database}"
      database_disk        = "cloudsql_googleapis_com:database_disk_bytes_used${local.of_database}"
      database_failover    = "cloudsql_googleapis_com:database_available_for_failover${local.of_database}"
      database_up          = "cloudsql_googleapis_com:database_up${local.of_database}"
    },
  )
}
