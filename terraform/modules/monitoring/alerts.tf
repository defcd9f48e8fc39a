# Alerts. Each has one playbook, docs/playbooks/<its key>.md.
#
# Conditions are PromQL throughout: a condition of the older kind is refused
# until its log-based metric has been written once, which makes a first apply
# fail.

locals {
  stalled = "${var.alerts.stalled_minutes}m"

  # Some conditions are met where nothing has run yet: when the alerts are made, and when a
  # deployment goes on after a pause. An alert fires once they have been met for so long. The
  # schedules are made before the alerts, and call the functions in that time.
  patience_minutes = max(5, var.alerts.stalled_minutes)

  alerts = {
    freshness = {
      title    = "The count stands still"
      severity = "CRITICAL"
      summary  = "Votes arrive, or should, and don't reach the results."
      conditions = {
        "No drain has ended well for ${local.stalled}" = {
          # Of the three calls in the window some may be late.
          query   = "(sum(increase(${local.promql.bridge_runs}[3m])) or vector(0)) < 1"
          minutes = local.patience_minutes
        }
        "No call of the aggregation has ended well for ${local.stalled}" = {
          # A call may take as long as its longest pass.
          query   = "(sum(increase(${local.promql.aggregate_runs}[15m])) or vector(0)) < 1"
          minutes = local.patience_minutes
        }
        "A message has waited for ingest for ${local.stalled}" = {
          query   = "max(${local.promql.waiting_for_ingest}) > ${var.alerts.stalled_minutes * 60}"
          minutes = 0
        }
        "Drains leave more than ${var.alerts.lag_records} records on Kafka" = {
          query   = "sum(increase(${local.promql.bridge_lag}[5m])) / sum(increase(${local.promql.bridge_lag_lines}[5m])) > ${var.alerts.lag_records}"
          minutes = 10
        }
        "Records wait for a missing one" = {
          query   = "sum(increase(${local.promql.aggregate_waiting}[5m])) > 0"
          minutes = 30
        }
      }
    }

    dead-letters = {
      title    = "Messages are in the dead letters"
      severity = "CRITICAL"
      summary  = "Records were read from Kafka, and ingest could not take them in a hundred attempts: they are not counted."
      conditions = {
        "There are dead letters" = {
          query   = "max(${local.promql.dead_letters}) > 0"
          minutes = 0
        }
      }
    }

    rejected-share = {
      title    = "Many records can't be counted"
      severity = "WARNING"
      summary  = "A producer sends what isn't a vote or a registration, or the election file doesn't fit."
      conditions = {
        "More than ${var.alerts.rejected_share * 100} % of the records of ten minutes are rejected" = {
          query   = "sum(increase(${local.promql.ingest_rejects}[10m])) / sum(increase(${local.promql.ingest_records}[10m])) > ${var.alerts.rejected_share}"
          minutes = 0
        }
      }
    }

    errors = {
      title    = "A function logs errors"
      severity = "ERROR"
      summary  = "Whatever failed is tried again, so that nothing is lost; but it may not get better by itself."
      conditions = {
        "${var.alerts.errors} errors of one function within ten minutes" = {
          query   = "sum by (service_name) (increase(${local.promql.errors}[10m])) >= ${var.alerts.errors}"
          minutes = 0
        }
      }
    }

    books = {
      title    = "The books don't balance"
      severity = "CRITICAL"
      summary  = "Somewhere records = accepted + duplicate + rejected + pending doesn't hold: a figure is wrong."
      conditions = {
        "A partition's books don't balance" = {
          query   = "sum(increase(${local.promql.aggregate_unbalanced}[10m])) > 0"
          minutes = 0
        }
      }
    }

    page = {
      title    = "The page answers with errors"
      severity = "ERROR"
      summary  = "Readers get errors of the dashboard. What was read stays in their browsers; the count goes on."
      conditions = {
        "More than ${var.alerts.page_errors * 100} % of the dashboard's answers of ten minutes are errors of its own" = {
          query   = "sum(increase(${local.promql.page_errors}[10m])) / sum(increase(${local.promql.page_answers}[10m])) > ${var.alerts.page_errors}"
          minutes = 0
        }
      }
    }

    uptime = {
      title    = "The page can't be reached"
      severity = "CRITICAL"
      summary  = "Most of the places from which the page is looked at get no answer."
      conditions = {
        "The page has not been reached from half of the places for three minutes" = {
          query   = "avg(${local.promql.page_up}) < 0.5"
          minutes = 3
        }
      }
    }

    database-connections = {
      title    = "The database runs out of connections"
      severity = "ERROR"
      summary  = "Functions that get no connection fail and try again: the count falls behind."
      conditions = {
        "More than four of five connections are taken" = {
          query   = "sum(${local.promql.database_connections}) > ${local.database.max_connections * 0.8}"
          minutes = 5
        }
      }
    }

    database-disk = {
      title    = "The database's disk comes to its limit"
      severity = "CRITICAL"
      summary  = "It grows by itself up to disk_limit_gib. Beyond, the database stops: nothing is acknowledged, nothing is lost, nothing is counted."
      conditions = {
        "More than four of five GiB of the limit are used" = {
          query   = "max(${local.promql.database_disk}) > ${local.database.disk_limit_gib * 0.8 * 1073741824}"
          minutes = 0
        }
      }
    }

    database-availability = {
      title    = "The database is down, or has no standby"
      severity = "CRITICAL"
      summary  = "Down, nothing is counted until it is back. Without its standby, the loss of its zone would be that."
      conditions = {
        "The database has not been up for two minutes" = {
          query   = "min(${local.promql.database_up}) < 1"
          minutes = 2
        }
        "Nothing could take over for fifteen minutes" = {
          # Without high availability there is no standby, and this is never true.
          query   = "min(${local.promql.database_failover}) < ${local.database.high_availability ? 1 : 0}"
          minutes = 15
        }
      }
    }
  }

  # The alerts of a database are made only where there is one. The alert about the page as it
  # is seen from outside is made only where everybody may see it.
  watched = {
    for name, a in local.alerts : name => a
    if(!startswith(name, "database-") || var.database != null) && (name != "uptime" || var.page_watched)
  }
}

locals {
  channels = concat(
    [for email in sort(var.emails) : google_monitoring_notification_channel.email[email].name],
    sort(var.channels),
  )
}

resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.emails)

  project      = var.project_id
  display_name = "${var.title}: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.watched

  project      = var.project_id
  display_name = "${var.title}: ${each.value.title}"
  severity     = each.value.severity
  combiner     = "OR"
  enabled      = var.enabled
  user_labels  = var.labels

  notification_channels = local.channels

  dynamic "conditions" {
    for_each = each.value.conditions
    iterator = condition
    content {
      display_name = condition.key

      condition_prometheus_query_language {
        query               = condition.value.query
        duration            = "${condition.value.minutes * 60}s"
        evaluation_interval = "60s"
        # A log-based metric exists only from its first line on.
        disable_metric_validation = true
      }
    }
  }

  documentation {
    subject   = "${var.title}: ${each.value.title}"
    mime_type = "text/markdown"
    content   = "${each.value.summary}\n\nWhat to do: ${var.playbooks_url}/${each.key}.md"

    links {
      display_name = "Playbook"
      url          = "${var.playbooks_url}/${each.key}.md"
    }
  }

  alert_strategy {
    auto_close = "3600s"
  }

  depends_on = [google_logging_metric.line, google_logging_metric.errors]
}
