# What a person should know without looking.

module "monitoring" {
  source = "./modules/monitoring"

  project_id               = var.project_id
  region                   = var.region
  name                     = local.name
  title                    = local.title
  labels                   = local.labels
  services                 = { for name in keys(local.functions) : name => "${local.prefix}${name}" }
  subscription             = module.messaging.subscription
  dead_letter_subscription = module.messaging.dead_letter_subscription
  database                 = local.on_postgres ? module.postgres[0].watched : null
  emails                   = var.alert_emails
  channels                 = var.alert_channels
  page_watched             = var.public_dashboard
  page_host                = var.page == null ? trimprefix(module.function["dashboard"].uri, "https://") : var.page.domain
  alerts                   = var.alerts
  enabled                  = !var.paused
  playbooks_url            = var.playbooks_url

  # The schedules are there first, so that what the alerts watch is being called.
  depends_on = [google_project_service.service, module.schedules]
}
