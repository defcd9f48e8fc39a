# Who calls the bridge and the aggregation: every minute, and when a person asks.

locals {
  # As wide as the widest, so that the names sort as the numbers do.
  shards = { for i in range(var.functions.bridge.shards) : format("bridge-%02d", i) => i }
}

module "schedules" {
  source = "./modules/schedules"

  project_id      = var.project_id
  region          = coalesce(var.scheduler_region, var.region)
  service_account = google_service_account.scheduler.email
  paused          = var.paused

  jobs = merge(
    {
      for name, shard in local.shards : name => {
        description      = "Drains shard ${shard} of ${length(local.shards)} of the partitions."
        uri              = module.function["bridge"].uri
        deadline_seconds = 180
        body             = jsonencode({ shard = shard, shards = length(local.shards) })
      }
    },
    {
      aggregate = {
        description      = "Runs passes over what is new."
        uri              = module.function["aggregate"].uri
        deadline_seconds = 900
        body             = jsonencode({ until = "deadline" })
      }
    },
  )

  # shared/drain has these names; docs/operations.md walks through them.
  operations = {
    rebuild = {
      description      = "Derives core and analytics from raw again: docs/operations.md says with which body."
      uri              = module.function["aggregate"].uri
      deadline_seconds = 900
      body             = jsonencode({ until = "caught_up" })
    }
    backfill = {
      description      = "Publishes records of Kafka again: docs/operations.md says with which body."
      uri              = module.function["bridge"].uri
      deadline_seconds = 900
      body             = jsonencode({ until = "caught_up" })
    }
  }

  depends_on = [google_project_service.service]
}
