# The page as its readers have it: reached from outside, and how many of its answers are good.

resource "google_monitoring_uptime_check_config" "page" {
  count = var.page_watched ? 1 : 0

  project          = var.project_id
  display_name     = "${var.title}: the page"
  timeout          = "10s"
  period           = "60s"
  selected_regions = ["USA", "EUROPE", "ASIA_PACIFIC"]
  user_labels      = var.labels

  http_check {
    # /healthz reads no table: a check costs a request and nothing else.
    path         = "/healthz"
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project_id
      host       = var.page_host
    }
  }
}

# An objective, not an alert: how much of a month's errors are used up.
resource "google_monitoring_custom_service" "page" {
  project      = var.project_id
  service_id   = "${var.name}-page"
  display_name = "${var.title}: the page"
  user_labels  = var.labels
}

locals {
  of_page = "metric.type=\"run.googleapis.com/request_count\" resource.type=\"cloud_run_revision\" resource.labels.service_name=\"${var.services["dashboard"]}\""
}

resource "google_monitoring_slo" "availability" {
  project             = var.project_id
  service             = google_monitoring_custom_service.page.service_id
  slo_id              = "availability"
  display_name        = "${var.alerts.availability * 100} % of the page's answers are no errors of its own, over 28 days"
  goal                = var.alerts.availability
  rolling_period_days = 28
  user_labels         = var.labels

  request_based_sli {
    good_total_ratio {
      total_service_filter = local.of_page
      bad_service_filter   = "${local.of_page} metric.labels.response_code_class=\"5xx\""
    }
  }
}
