# The page at a domain of one's own, where one is given.

module "page" {
  source = "./modules/page"
  count  = var.page == null ? 0 : 1

  project_id          = var.project_id
  region              = var.region
  labels              = local.labels
  service             = module.function["dashboard"].name
  domain              = var.page.domain
  cdn                 = var.page.cdn
  requests_per_minute = var.page.requests_per_minute
  log_sample          = var.page.log_sample

  depends_on = [google_project_service.service]
}
