# What a person should know without looking.

module "monitoring" {
  source = "./modules/monitoring"

  project_id               = var.project_id
  region                   = var.region
  labels                   = local.labels
  functions                = { for name, f in local.functions : name => f.description }
  subscription             = module.messaging.subscription
  dead_letter_subscription = module.messaging.dead_letter_subscription
  database                 = local.on_postgres ? module.postgres[0].watched : null
  emails                   = var.alert_emails
  channels                 = var.alert_channels
  page_service             = module.function["dashboard"].name
  page_watched             = var.public_dashboard
  page_host                = var.page == null ? trimprefix(module.function["dashboard"].uri, "https://") : var.page.domain
  thresholds               = var.alerts
  enabled                  = !var.paused
  playbooks_url            = var.playbooks_url

  # What they watch has been called when they begin to watch.
  depends_on = [google_project_service.service, module.schedules]
}
