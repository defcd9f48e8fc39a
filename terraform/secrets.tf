# Secrets: stored by Secret Manager, never in Terraform's state or plan.

resource "google_secret_manager_secret" "hmac_key" {
  project             = var.project_id
  secret_id           = "tallystream-hmac-key"
  deletion_protection = var.deletion_protection # without it no voter is known again

  replication {
    auto {}
  }

  depends_on = [google_project_service.service]
}

resource "google_secret_manager_secret_version" "hmac_key" {
  secret = google_secret_manager_secret.hmac_key.id
  # 244 random bits where no key is given. A write-only argument isn't compared,
  # so that it is written once for each version, and no plan shows it.
  secret_data_wo         = var.hmac_key != null ? var.hmac_key : base64sha256("${uuid()}${uuid()}")
  secret_data_wo_version = var.hmac_key_version
  # Another key makes all voters strangers. The old one is deleted first, so that
  # this refuses before anything has changed.
  deletion_policy = var.deletion_protection ? "PREVENT" : "DELETE"
}

resource "google_secret_manager_secret" "kafka_password" {
  count = local.kafka_has_password ? 1 : 0

  project   = var.project_id
  secret_id = "tallystream-kafka-password"

  replication {
    auto {}
  }

  depends_on = [google_project_service.service]
}

resource "google_secret_manager_secret_version" "kafka_password" {
  count = local.kafka_has_password ? 1 : 0

  secret                 = google_secret_manager_secret.kafka_password[0].id
  secret_data_wo         = var.kafka_password
  secret_data_wo_version = var.kafka.password_version

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_secret_manager_secret" "kafka_client_key" {
  count = local.kafka_has_key ? 1 : 0

  project   = var.project_id
  secret_id = "tallystream-kafka-client-key"

  replication {
    auto {}
  }

  depends_on = [google_project_service.service]
}

resource "google_secret_manager_secret_version" "kafka_client_key" {
  count = local.kafka_has_key ? 1 : 0

  secret                 = google_secret_manager_secret.kafka_client_key[0].id
  secret_data_wo         = var.kafka_client_key
  secret_data_wo_version = var.kafka.client_key_version

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  # What modules/function needs to know of a secret. The version is a number, not
  # "latest", so that a new one deploys the functions that read it.
  secrets = {
    hmac-key = {
      secret_id = google_secret_manager_secret.hmac_key.secret_id
      version   = google_secret_manager_secret_version.hmac_key.version
    }
    kafka-password = {
      secret_id = one(google_secret_manager_secret.kafka_password[*].secret_id)
      version   = one(google_secret_manager_secret_version.kafka_password[*].version)
    }
    kafka-client-key = {
      secret_id = one(google_secret_manager_secret.kafka_client_key[*].secret_id)
      version   = one(google_secret_manager_secret_version.kafka_client_key[*].version)
    }
  }
}
