# Secrets: stored by Secret Manager, never in Terraform's state or plan.

module "hmac_key" {
  source = "./modules/secret"

  project_id          = var.project_id
  region              = var.region
  secret_id           = "${local.name}-hmac-key"
  labels              = local.labels
  deletion_protection = var.deletion_protection # without it no voter is known again
  kms_key             = var.kms_key

  depends_on = [google_project_service.service]
}

moved {
  from = google_secret_manager_secret.hmac_key
  to   = module.hmac_key.google_secret_manager_secret.secret
}

resource "google_secret_manager_secret_version" "hmac_key" {
  secret = module.hmac_key.id
  # 244 random bits where no key is given. A write-only argument isn't compared,
  # so that it is written once for each version, and no plan shows it.
  secret_data_wo         = var.hmac_key != null ? var.hmac_key : base64sha256("${uuid()}${uuid()}")
  secret_data_wo_version = var.hmac_key_version
  # Another key makes all voters strangers. The old one is deleted first, so that
  # this refuses before anything has changed.
  deletion_policy = var.deletion_protection ? "PREVENT" : "DELETE"
}

# What the bridge shows the brokers, where they ask for it. The key above is a module of its own, so that
# no change of these may touch it.
module "kafka_secret" {
  source   = "./modules/secret"
  for_each = local.kafka_secret_versions

  project_id          = var.project_id
  region              = var.region
  secret_id           = "${local.name}-kafka-${each.key}"
  labels              = local.labels
  deletion_protection = false
  kms_key             = var.kms_key

  depends_on = [google_project_service.service]
}

resource "google_secret_manager_secret_version" "kafka" {
  for_each = local.kafka_secret_versions

  secret                 = module.kafka_secret[each.key].id
  secret_data_wo         = { password = var.kafka_password, client-key = var.kafka_client_key }[each.key]
  secret_data_wo_version = each.value

  lifecycle {
    create_before_destroy = true
  }
}

moved {
  from = google_secret_manager_secret.kafka_password[0]
  to   = google_secret_manager_secret.kafka["password"]
}

moved {
  from = google_secret_manager_secret.kafka["password"]
  to   = module.kafka_secret["password"].google_secret_manager_secret.secret
}

moved {
  from = google_secret_manager_secret_version.kafka_password[0]
  to   = google_secret_manager_secret_version.kafka["password"]
}

moved {
  from = google_secret_manager_secret.kafka_client_key[0]
  to   = google_secret_manager_secret.kafka["client-key"]
}

moved {
  from = google_secret_manager_secret.kafka["client-key"]
  to   = module.kafka_secret["client-key"].google_secret_manager_secret.secret
}

moved {
  from = google_secret_manager_secret_version.kafka_client_key[0]
  to   = google_secret_manager_secret_version.kafka["client-key"]
}

locals {
  # The Kafka secrets that there are, with the version that the input gives each.
  kafka_secret_versions = merge(
    local.kafka_has_password ? { password = var.kafka.password_version } : {},
    local.kafka_has_key ? { client-key = var.kafka.client_key_version } : {},
  )

  # What modules/function needs to know of a secret. The version is a number, not
  # "latest", so that a new one deploys the functions that read it.
  secrets = {
    hmac-key = {
      secret_id = module.hmac_key.secret_id
      version   = google_secret_manager_secret_version.hmac_key.version
    }
    kafka-password   = local.kafka_secrets["password"]
    kafka-client-key = local.kafka_secrets["client-key"]
  }
  kafka_secrets = {
    for name in ["password", "client-key"] : name => {
      secret_id = try(module.kafka_secret[name].secret_id, null)
      version   = try(google_secret_manager_secret_version.kafka[name].version, null)
    }
  }
}
