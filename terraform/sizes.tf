# How large each function is, and the settings that decide its speed.

variable "functions" {
  description = <<-EOT
    Size and settings of each function. cpu is in vCPUs, memory_mib in MiB.

    bridge: a drain begins every minute for each shard, and reads every shards-th
    partition for drain_seconds. With more than 60 it ends after the next one has
    begun: what comes meanwhile is carried twice, and counts once. With less, votes
    wait for the next minute. A shard carries a million records a minute and more. A message is published after batch_records, batch_bytes or linger_ms,
    whichever comes first; inflight_bytes bounds what is read and not yet
    acknowledged. The first drain of an instance tries for connect_seconds to
    reach Kafka where it gets no answer: 45 through a network, else 10, where that isn't
    set. Every report_seconds a drain reports how far the logs reach on
    Kafka, without which no count is called complete.

    ingest: an instance takes concurrency messages at a time.

    aggregate: passes one after another for drain_seconds every minute, each
    pass_interval_seconds or more after the start of the one before. What is counted
    is shown before it is settled, so passes may be rare; they are most of what a
    large election costs: see docs/cost.md. Between passes votes by candidate move
    every step_interval_seconds; 0 moves them with the passes only.

    dashboard: a snapshot is read anew after refresh_seconds, if somebody looks;
    beyond max_age_seconds a viewer waits for it. An instance keeps up to
    max_streams viewers up to date, each for stream_seconds before it connects
    again; each takes one of the concurrent requests. One instance answers thousands of
    requests a second; several show votes by candidate a step apart (see
    functions/dashboard/api.md). After final_after_seconds
    without a record, once voting has closed and everything on Kafka is counted,
    the count is called complete. It is called delayed where records don't move for
    delayed_after_seconds: four times pass_interval_seconds, and at least three
    minutes, where that isn't set. A pass takes most of a minute, and a record waits
    for the one under way to end. Pages of embed_origins may show the page in a frame; with
    public_url, its address, it tells of itself to those who share it.
  EOT
  type = object({
    bridge = optional(object({
      shards          = optional(number, 1)
      cpu             = optional(string, "1")
      memory_mib      = optional(number, 512)
      drain_seconds   = optional(number, 63)
      report_seconds  = optional(number, 10)
      connect_seconds = optional(number)
      linger_ms       = optional(number, 25)
      batch_records   = optional(number, 5000)
      batch_bytes     = optional(number, 1048576)
      inflight_bytes  = optional(number, 16777216)
    }), {})
    ingest = optional(object({
      cpu           = optional(string, "1")
      memory_mib    = optional(number, 512)
      concurrency   = optional(number, 8)
      max_instances = optional(number, 10)
    }), {})
    aggregate = optional(object({
      cpu                   = optional(string, "0.333")
      memory_mib            = optional(number, 512)
      drain_seconds         = optional(number, 55)
      pass_interval_seconds = optional(number, 30)
      step_interval_seconds = optional(number, 5)
    }), {})
    dashboard = optional(object({
      cpu                   = optional(string, "1")
      memory_mib            = optional(number, 512)
      concurrency           = optional(number, 1000)
      min_instances         = optional(number, 0)
      max_instances         = optional(number, 1)
      refresh_seconds       = optional(number, 2)
      max_age_seconds       = optional(number, 60)
      query_timeout_seconds = optional(number, 30)
      max_streams           = optional(number, 800)
      stream_seconds        = optional(number, 240)
      final_after_seconds   = optional(number, 300)
      delayed_after_seconds = optional(number)
      embed_origins         = optional(list(string), [])
      public_url            = optional(string, "")
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.functions.bridge.shards >= 1 && var.functions.bridge.shards <= 100 && floor(var.functions.bridge.shards) == var.functions.bridge.shards
    error_message = "functions.bridge.shards must be a whole number from 1 to 100."
  }

  # A drain or pass that is under way at the end of its time is finished. Each of a
  # shard's two jobs calls every other minute, and the job of the aggregation every minute.
  validation {
    condition     = var.functions.bridge.drain_seconds >= 1 && var.functions.bridge.drain_seconds <= 110
    error_message = "functions.bridge.drain_seconds must be from 1 to 110: a job calls again after 120."
  }

  validation {
    condition     = var.functions.aggregate.drain_seconds >= 1 && var.functions.aggregate.drain_seconds <= 58
    error_message = "functions.aggregate.drain_seconds must be from 1 to 58: the schedule calls again after 60."
  }

  validation {
    condition     = coalesce(var.functions.bridge.connect_seconds, 1) >= 1 && coalesce(var.functions.bridge.connect_seconds, 1) <= 50
    error_message = "functions.bridge.connect_seconds must be from 1 to 50: a drain has less than a minute."
  }

  # shared/recordbatch: a builder may be filled to 9,000,000 bytes, of which a
  # record can add 1 MiB.
  validation {
    condition     = var.functions.bridge.batch_bytes >= 1024 && var.functions.bridge.batch_bytes <= 7000000
    error_message = "functions.bridge.batch_bytes must be from 1024 to 7000000: a Pub/Sub message takes 10 MB."
  }

  # A push holds its body, the records, their rows and the append requests at
  # the same time: up to twelve times the message before compression. The
  # process itself takes about 64 MiB, and GOMEMLIMIT leaves a fifth free.
  validation {
    condition     = var.functions.ingest.concurrency * 12 * var.functions.bridge.batch_bytes / 1048576 + 64 <= 0.8 * var.functions.ingest.memory_mib
    error_message = "functions.ingest.concurrency messages of functions.bridge.batch_bytes don't fit into functions.ingest.memory_mib (each takes up to 12 times its bytes, within 80 % of the memory less 64 MiB): lower the concurrency or raise the memory."
  }

  validation {
    condition     = var.functions.bridge.inflight_bytes * 6 / 1048576 + 64 <= 0.8 * var.functions.bridge.memory_mib
    error_message = "functions.bridge.inflight_bytes don't fit into functions.bridge.memory_mib (six times the bytes, within 80 % of the memory less 64 MiB)."
  }

  validation {
    condition     = alltrue([for f in [var.functions.ingest, var.functions.dashboard] : f.concurrency == 1 || tonumber(f.cpu) >= 1])
    error_message = "Cloud Run gives an instance more than one request at a time only with one cpu or more."
  }

  validation {
    condition     = alltrue([for f in [var.functions.bridge, var.functions.ingest, var.functions.aggregate, var.functions.dashboard] : f.memory_mib >= 256 && f.memory_mib <= 32768])
    error_message = "memory_mib of a function must be from 256 to 32768."
  }

  validation {
    condition     = var.functions.dashboard.max_streams < var.functions.dashboard.concurrency
    error_message = "functions.dashboard.max_streams must be less than its concurrency: a stream takes up one of an instance's requests, and others must get through."
  }

  # A function is given a minute more than a stream.
  validation {
    condition     = var.functions.dashboard.stream_seconds >= 1 && var.functions.dashboard.stream_seconds <= 3540
    error_message = "functions.dashboard.stream_seconds must be from 1 to 3540: Cloud Run ends a request after an hour at the latest."
  }

  # Both functions take whole seconds up to an hour; a pass that is due is not late.
  validation {
    condition     = var.functions.bridge.report_seconds >= 1 && var.functions.bridge.report_seconds <= 3600
    error_message = "functions.bridge.report_seconds must be from 1 to 3600."
  }

  validation {
    condition     = coalesce(var.functions.dashboard.delayed_after_seconds, 86400) > max(var.functions.aggregate.pass_interval_seconds, var.functions.bridge.report_seconds)
    error_message = "functions.dashboard.delayed_after_seconds must be more than functions.aggregate.pass_interval_seconds and functions.bridge.report_seconds: else every count is delayed between two passes."
  }

  # Drains that end at once report once a minute.
  validation {
    condition     = var.idle_seconds == 0 || coalesce(var.functions.dashboard.delayed_after_seconds, 86400) >= 90
    error_message = "functions.dashboard.delayed_after_seconds must be 90 or more, because the bridge reports once a minute while nothing comes; or set idle_seconds to 0."
  }

  validation {
    condition     = var.functions.dashboard.max_age_seconds >= var.functions.dashboard.refresh_seconds
    error_message = "functions.dashboard.max_age_seconds must be refresh_seconds or more."
  }
}

variable "postgres" {
  description = <<-EOT
    The Cloud SQL instance, with warehouse = "postgres". Null is the defaults, which suit a
    million voters; examples/national-postgres has what suits 150 million. Hours are UTC.
      instance:          its name, by default tallystream, with name_prefix PREFIX-tallystream; a deleted one can't be had again for a week
      version:           of PostgreSQL, 15 to 18; by default 17
      tier:              db-custom-VCPUS-MIB; by default db-custom-2-7680
      disk_gib, disk_limit_gib: what it begins with, and up to where it grows by itself; 20 and 200
      max_connections:   by default 200; more where ingest may have more instances
      high_availability: a standby in another zone takes over; by default true, at twice the price
      backup_hour, retained_backups: of the daily backup; 3 and 14
      recovery_days:     so far back can any moment be had again, 1 to 7; by default 7
      maintenance_day, maintenance_hour: 1 is Monday; by default Sunday, at 4
      no_maintenance:    days on which there is none, {from, to}, at most 90: around the election
      operators:         e-mail addresses of who may read and certify, as tallystream_operate
      peer:              false where network has private service access already
      subnet_cidr:       addresses for the functions, where neither network nor managed_kafka is set
  EOT
  type = object({
    instance          = optional(string)
    version           = optional(string)
    tier              = optional(string)
    disk_gib          = optional(number)
    disk_limit_gib    = optional(number)
    max_connections   = optional(number)
    high_availability = optional(bool)
    backup_hour       = optional(number)
    retained_backups  = optional(number)
    recovery_days     = optional(number)
    maintenance_day   = optional(number)
    maintenance_hour  = optional(number)
    no_maintenance    = optional(object({ from = string, to = string }))
    operators         = optional(list(string))
    peer              = optional(bool)
    subnet_cidr       = optional(string)
  })
  default = null

  validation {
    condition     = var.postgres == null || var.warehouse == "postgres"
    error_message = "postgres is set, and warehouse is bigquery: set warehouse = \"postgres\" to use it, or leave it out."
  }

  validation {
    condition     = try(var.postgres.subnet_cidr, null) == null || (var.network == null && var.managed_kafka == null)
    error_message = "postgres.subnet_cidr is of a network that is made, and there is one already (network or managed_kafka): leave it out."
  }

  validation {
    condition     = try(var.postgres.peer, null) != false || var.network != null
    error_message = "postgres.peer is false, and network isn't set: a network that is made has no private service access yet."
  }
}
