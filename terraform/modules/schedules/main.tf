# Jobs that call functions every minute or every other one; a minute is the finest step
# that Cloud Scheduler has. The functions work until the next call is due. A call that
# fails isn't repeated: the next one does that.

resource "google_cloud_scheduler_job" "job" {
  for_each = var.jobs

  project          = var.project_id
  region           = var.region
  name             = "${var.prefix}${each.key}"
  description      = each.value.description
  schedule         = each.value.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${each.value.deadline_seconds}s"
  paused           = var.paused

  http_target {
    http_method = "POST"
    uri         = each.value.uri
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(each.value.body)

    oidc_token {
      service_account_email = var.service_account
      audience              = each.value.uri
    }
  }
}

# Jobs that a person gives a body and runs. The functions take calls of the project's own
# services only, and Cloud Scheduler is one. The jobs have a schedule that hardly ever comes,
# and aren't paused: a paused job refuses to be changed
# (hashicorp/terraform-provider-google#11141), and may refuse to be run. What they post by
# schedule is harmless.
resource "google_cloud_scheduler_job" "operation" {
  for_each = var.operations

  project          = var.project_id
  region           = var.region
  name             = "${var.prefix}${each.key}"
  description      = each.value.description
  schedule         = "0 0 29 2 *"
  time_zone        = "Etc/UTC"
  attempt_deadline = "${each.value.deadline_seconds}s"

  # A call that finds every instance busy waits ten seconds, and is refused with 429.
  retry_config {
    retry_count          = 5
    min_backoff_duration = "5s"
    max_backoff_duration = "20s"
  }

  http_target {
    http_method = "POST"
    uri         = each.value.uri
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(each.value.body)

    oidc_token {
      service_account_email = var.service_account
      audience              = each.value.uri
    }
  }

  lifecycle {
    ignore_changes = [http_target[0].body] # whoever runs it writes it
  }
}
