# What a person should know without looking.

module "monitoring" {
  source = "./modules/monitoring"

  project_id               = var.project_id
  region                   = var.region
  functions                = { for name, f in local.functions : name => f.description }
  subscription             = module.messaging.subscription
  dead_letter_subscription = module.messaging.dead_letter_subscription
  database                 = local.on_postgres ? module.postgres[0].watched : null
  emails                   = var.alert_emails
  thresholds               = var.alerts
  enabled                  = !var.paused
  playbooks_url            = var.playbooks_url

  # What they watch has been called when they begin to watch.
  depends_on = [google_project_service.service, module.schedules]
}
