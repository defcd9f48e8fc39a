# Google says when the month's bill reaches these shares of an amount. It stops nothing.
resource "google_billing_budget" "budget" {
  count = var.budget == null ? 0 : 1

  billing_account = var.budget.billing_account
  display_name    = "${local.title}: ${var.project_id}"

  budget_filter {
    projects = ["projects/${google_storage_bucket.source.project_number}"]
  }

  amount {
    specified_amount {
      currency_code = var.budget.currency
      units         = tostring(var.budget.amount)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
    }
  }

  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }

  # The billing account's administrators hear of it, and these besides.
  dynamic "all_updates_rule" {
    for_each = length(module.monitoring.channels) > 0 ? [1] : []
    content {
      monitoring_notification_channels = module.monitoring.channels
    }
  }

  depends_on = [google_project_service.service]
}
