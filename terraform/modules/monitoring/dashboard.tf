# The page that operators look at: every stage, in the order of the records' way.

locals {
  # Charts in rows of two: title, what the axis counts, and lines by legend.
  charts = [
    {
      title = "Records a second, stage by stage"
      unit  = "records/s"
      lines = {
        "read from Kafka" = "sum(rate(${local.promql.bridge_records}[5m]))"
        "stored raw"      = "sum(rate(${local.promql.ingest_records}[5m]))"
        "settled"         = "sum(rate(${local.promql.aggregate_records}[5m]))"
      }
    },
    {
      title = "Left on Kafka at the end of a drain"
      unit  = "records"
      lines = {
        "mean of the drains" = "sum(increase(${local.promql.bridge_lag}[5m])) / sum(increase(${local.promql.bridge_lag_lines}[5m]))"
      }
    },
    {
      title = "On the way to the raw tables"
      unit  = "s"
      lines = {
        "oldest message waiting for ingest"       = "max(${local.promql.waiting_for_ingest})"
        "oldest record of a message, since Kafka" = "sum(increase(${local.promql.ingest_lag}[5m])) / sum(increase(${local.promql.ingest_lag_lines}[5m]))"
      }
    },
    {
      title = "Dead letters"
      unit  = "messages"
      lines = {
        "messages" = "max(${local.promql.dead_letters})"
      }
    },
    {
      title = "Share of records that can't be counted"
      unit  = "of 1"
      lines = {
        "rejected" = "sum(increase(${local.promql.ingest_rejects}[10m])) / sum(increase(${local.promql.ingest_records}[10m]))"
      }
    },
    {
      title = "Books: partitions out of balance, records that wait for a missing one"
      unit  = "sum of 5 minutes"
      lines = {
        "out of balance" = "sum(increase(${local.promql.aggregate_unbalanced}[5m]))"
        "waiting"        = "sum(increase(${local.promql.aggregate_waiting}[5m]))"
      }
    },
    {
      title = "Calls that ended well, a minute"
      unit  = "calls/min"
      lines = {
        "bridge"    = "60 * sum(rate(${local.promql.bridge_runs}[5m]))"
        "aggregate" = "60 * sum(rate(${local.promql.aggregate_runs}[5m]))"
        "passes"    = "60 * sum(rate(${local.promql.aggregate_passes}[5m]))"
      }
    },
    {
      title = "Errors a minute"
      unit  = "lines/min"
      lines = {
        "by function" = "60 * sum by (service_name) (rate(${local.promql.errors}[5m]))"
      }
    },
    {
      title = "Requests to the dashboard"
      unit  = "requests/s"
      lines = {
        "by answer" = "sum by (response_code_class) (rate(${local.promql.page_answers}[5m]))"
      }
    },
    {
      title = "Instances"
      unit  = "instances"
      lines = {
        "by function" = "sum by (service_name) (run_googleapis_com:container_instance_count{monitored_resource=\"cloud_run_revision\",service_name=~\"${join("|", sort(values(var.services)))}\"})"
      }
    },
  ]

  database_charts = [
    {
      title = "Connections to the database"
      unit  = "connections"
      lines = {
        "of all"  = "sum(${local.promql.database_connections})"
        "at most" = "vector(${local.database.max_connections})"
      }
    },
    {
      title = "The database's processors"
      unit  = "of 1"
      lines = {
        "busy" = "max(${local.promql.database_cpu})"
      }
    },
    {
      title = "The database's disk"
      unit  = "GiB"
      lines = {
        "used"  = "max(${local.promql.database_disk}) / 1073741824"
        "limit" = "vector(${local.database.disk_limit_gib})"
      }
    },
  ]
}

resource "google_monitoring_dashboard" "operations" {
  project = var.project_id

  dashboard_json = jsonencode({
    displayName = var.title
    gridLayout = {
      columns = "2"
      widgets = [
        for c in concat(local.charts, [for c in local.database_charts : c if var.database != null]) : {
          title = c.title
          xyChart = {
            dataSets = [
              for legend, query in c.lines : {
                plotType        = "LINE"
                targetAxis      = "Y1"
                legendTemplate  = legend
                timeSeriesQuery = { prometheusQuery = query }
              }
            ]
            yAxis = { label = c.unit, scale = "LINEAR" }
          }
        }
      ]
    }
  })
}
