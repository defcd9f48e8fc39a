# Jobs that call functions every minute, the finest step that Cloud Scheduler
# has: the functions work until the next call is due. A call that fails isn't
# repeated: the next minute does that.

resource "google_cloud_scheduler_job" "job" {
  for_each = var.jobs

  project          = var.project_id
  region           = var.region
  name             = each.key
  description      = each.value.description
  schedule         = "* * * * *"
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
