# Who calls the bridge and the aggregation: every minute, and when a person asks.

locals {
  # As wide as the widest, so that the names sort as the numbers do.
  shards = { for i in range(var.functions.bridge.shards) : format("bridge-%02d", i) => i }

  # Cloud Scheduler never runs two executions of a job at a time. So that a drain begins
  # before the last one has ended, two jobs take turns: no vote waits for the next minute.
  turns = { "" = "*/2 * * * *", "-odd" = "1-59/2 * * * *" }
  drains = merge([
    for name, shard in local.shards : { for turn, schedule in local.turns : "${name}${turn}" => { shard = shard, schedule = schedule } }
  ]...)
}

module "schedules" {
  source = "./modules/schedules"

  project_id      = var.project_id
  region          = coalesce(var.scheduler_region, var.region)
  service_account = google_service_account.scheduler.email
  paused          = var.paused

  jobs = merge(
    {
      for name, drain in local.drains : name => {
        description      = "Drains shard ${drain.shard} of ${length(local.shards)} of the partitions, every other minute."
        schedule         = drain.schedule
        uri              = module.function["bridge"].uri
        deadline_seconds = 180
        body             = jsonencode({ shard = drain.shard, shards = length(local.shards), seconds = var.functions.bridge.drain_seconds })
      }
    },
    {
      aggregate = {
        description      = "Runs passes over what is new."
        schedule         = "* * * * *"
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

  # The first call finds what it needs, and on destroy nothing is called any more.
  depends_on = [
    google_project_iam_member.kafka_client,
    google_project_iam_member.query,
    module.messaging,
    module.postgres,
    module.warehouse,
  ]
}
