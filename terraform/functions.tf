# The four functions: one map says what differs, modules/function what doesn't.

locals {
  topic = "${local.prefix}kafka-records"

  # What every function is told.
  common_environment = {
    GOOGLE_CLOUD_PROJECT = var.project_id
    BIGQUERY_LOCATION    = local.on_postgres ? "" : local.bigquery_location
    DATASET_PREFIX       = local.on_postgres ? "" : local.id_prefix
    LOG_LEVEL            = var.log_level
  }

  # What the functions that know the election are told: see election.tf.
  election_environment = {
    ELECTION      = local.election_inline ? local.election_text : ""
    ELECTION_FILE = local.election_inline ? "" : "gs://${google_storage_bucket.source.name}/${local.election_folder}/${local.election_name}"
  }

  # Of the functions that the schedule calls: when they end before their time.
  idle_environment = {
    IDLE_SECONDS = tostring(var.idle_seconds)
  }

  topics_environment = {
    VOTERS_TOPIC = var.kafka.voters_topic
    VOTES_TOPIC  = var.kafka.votes_topic
  }

  # Keys are the names that the functions register, see functions/*/function.go.
  functions = {
    bridge = {
      description     = "Carries Kafka records to Pub/Sub: a drain begins every minute for each shard."
      cpu             = var.functions.bridge.cpu
      memory_mib      = var.functions.bridge.memory_mib
      concurrency     = 1 # a drain has its own connections and all of the memory
      min_instances   = 0
      max_instances   = 2 * var.functions.bridge.shards + 1 # the next drain begins before the last has ended; and one for a backfill
      timeout_seconds = 900                                 # of a backfill; a drain's caller waits for 180
      public          = false
      ingress         = "ALLOW_INTERNAL_ONLY"
      vpc             = local.bridge_network
      environment = merge(local.common_environment, local.election_environment, local.idle_environment, {
        KAFKA_BROKERS         = join(",", local.brokers)
        KAFKA_TLS             = tostring(local.kafka_tls)
        KAFKA_TLS_CA          = var.kafka.ca
        KAFKA_TLS_CERT        = var.kafka.client_certificate
        KAFKA_OAUTH_TOKEN_URL = var.kafka.oauth_token_url
        KAFKA_OAUTH_SCOPE     = var.kafka.oauth_scope
        KAFKA_SASL_MECHANISM  = local.kafka_mechanism == "none" ? "" : local.kafka_mechanism
        KAFKA_USERNAME        = var.kafka.username
        KAFKA_TOPICS          = join(",", sort([var.kafka.voters_topic, var.kafka.votes_topic]))
        KAFKA_GROUP           = coalesce(var.kafka.group, local.name)
        # Into a network an instance's first connection may take a minute.
        KAFKA_CONNECT_SECONDS = tostring(coalesce(var.functions.bridge.connect_seconds, local.bridge_network == null ? 10 : 45))
        PUBSUB_TOPIC          = local.topic
        REPORT_SECONDS        = tostring(var.functions.bridge.report_seconds)
        LINGER_MS             = tostring(var.functions.bridge.linger_ms)
        BATCH_RECORDS         = tostring(var.functions.bridge.batch_records)
        BATCH_BYTES           = tostring(var.functions.bridge.batch_bytes)
        INFLIGHT_BYTES        = tostring(var.functions.bridge.inflight_bytes)
      })
      secrets = merge(
        local.kafka_has_password ? { KAFKA_PASSWORD = "kafka-password" } : {},
        local.kafka_has_key ? { KAFKA_TLS_KEY = "kafka-client-key" } : {},
      )
      invokers = { scheduler = google_service_account.scheduler.member }
    }

    ingest = {
      description     = "Takes batches of records from Pub/Sub and appends them to the raw tables."
      cpu             = var.functions.ingest.cpu
      memory_mib      = var.functions.ingest.memory_mib
      concurrency     = var.functions.ingest.concurrency
      min_instances   = 0
      max_instances   = var.functions.ingest.max_instances
      timeout_seconds = 60 # as long as the subscription waits
      public          = false
      ingress         = "ALLOW_INTERNAL_ONLY"
      vpc             = local.warehouse_network
      environment = merge(local.common_environment, local.warehouse_environment, local.election_environment, local.topics_environment, {
        DATABASE_URL = local.database_urls.ingest
        KEEP_NAMES   = tostring(var.keep_names)
      })
      secrets  = { HMAC_KEY = "hmac-key" }
      invokers = { push = google_service_account.push.member }
    }

    aggregate = {
      description     = "Runs passes over the raw tables: decides which votes count, and counts them."
      cpu             = var.functions.aggregate.cpu
      memory_mib      = var.functions.aggregate.memory_mib
      concurrency     = 1
      min_instances   = 0
      max_instances   = 2   # one for the passes, which the schedule doesn't call twice at a time, and one for a rebuild
      timeout_seconds = 900 # a pass that has begun is finished
      public          = false
      ingress         = "ALLOW_INTERNAL_ONLY"
      vpc             = local.warehouse_network
      environment = merge(local.common_environment, local.warehouse_environment, local.election_environment, local.idle_environment, {
        DATABASE_URL  = local.database_urls.aggregate
        DRAIN_SECONDS = tostring(var.functions.aggregate.drain_seconds)
        PASS_INTERVAL = tostring(var.functions.aggregate.pass_interval_seconds)
        STEP_INTERVAL = tostring(var.functions.aggregate.step_interval_seconds)
      })
      secrets  = {}
      invokers = { scheduler = google_service_account.scheduler.member }
    }

    dashboard = {
      description     = "Shows the count: a page and an API over the analytics tables."
      cpu             = var.functions.dashboard.cpu
      memory_mib      = var.functions.dashboard.memory_mib
      concurrency     = var.functions.dashboard.concurrency
      min_instances   = var.functions.dashboard.min_instances
      max_instances   = var.functions.dashboard.max_instances
      timeout_seconds = var.functions.dashboard.stream_seconds + 60
      public          = var.public_dashboard
      ingress         = var.page == null ? "ALLOW_ALL" : "ALLOW_INTERNAL_AND_GCLB"
      vpc             = local.warehouse_network
      environment = merge(local.common_environment, local.warehouse_environment, local.election_environment, local.topics_environment, {
        DATABASE_URL   = local.database_urls.dashboard
        REFRESH        = tostring(var.functions.dashboard.refresh_seconds)
        MAX_AGE        = tostring(var.functions.dashboard.max_age_seconds)
        QUERY_TIMEOUT  = tostring(var.functions.dashboard.query_timeout_seconds)
        MAX_STREAMS    = tostring(var.functions.dashboard.max_streams)
        STREAM_SECONDS = tostring(var.functions.dashboard.stream_seconds)
        EMBED_ORIGINS  = join(",", var.functions.dashboard.embed_origins)
        PUBLIC_URL     = var.functions.dashboard.public_url
        FINAL_AFTER    = tostring(var.functions.dashboard.final_after_seconds)
        DELAYED_AFTER = tostring(coalesce(
          var.functions.dashboard.delayed_after_seconds,
          max(180, 4 * var.functions.aggregate.pass_interval_seconds)
        ))
      })
      secrets  = {}
      invokers = { for member in var.dashboard_viewers : member => member }
    }
  }
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  project_id            = var.project_id
  region                = var.region
  name                  = "${local.prefix}${each.key}"
  entry_point           = each.key
  account_id            = "${local.name}-${each.key}"
  account_title         = "${local.title}: the function ${each.key}"
  description           = each.value.description
  labels                = local.labels
  kms_key               = var.kms_key
  runtime               = var.runtime
  source_bucket         = google_storage_bucket_object.source.bucket
  source_object         = google_storage_bucket_object.source.name
  docker_repository     = google_artifact_registry_repository.images.id
  build_service_account = google_service_account.build.id
  cpu                   = each.value.cpu
  memory_mib            = each.value.memory_mib
  concurrency           = each.value.concurrency
  min_instances         = each.value.min_instances
  max_instances         = each.value.max_instances
  timeout_seconds       = each.value.timeout_seconds
  ingress               = each.value.ingress
  public                = each.value.public
  invokers              = each.value.invokers
  reads_election        = !local.election_inline
  vpc                   = each.value.vpc
  environment           = each.value.environment
  secrets               = { for variable, secret in each.value.secrets : variable => local.secrets[secret] }

  depends_on = [terraform_data.settled, google_storage_bucket_object.election]
}
