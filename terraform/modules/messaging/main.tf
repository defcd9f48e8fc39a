# The topic between the bridge and ingest, its push subscription, and the dead
# letters: messages that ingest can't take.

resource "google_pubsub_topic" "records" {
  project      = var.project_id
  name         = var.topic
  labels       = var.labels
  kms_key_name = var.kms_key
}

resource "google_pubsub_topic_iam_member" "publisher" {
  project = var.project_id
  topic   = google_pubsub_topic.records.name
  role    = "roles/pubsub.publisher"
  member  = var.publisher
}

resource "google_pubsub_subscription" "ingest" {
  project = var.project_id
  name    = "${var.topic}-ingest"
  topic   = google_pubsub_topic.records.id
  labels  = var.labels

  ack_deadline_seconds       = 60        # ingest gives up after 45
  message_retention_duration = "604800s" # 7 days: what a broken ingest may take to be mended
  deletion_policy            = var.deletion_protection ? "PREVENT" : "DELETE"

  push_config {
    push_endpoint = var.push_endpoint

    oidc_token {
      service_account_email = var.push_account
      audience              = var.push_endpoint
    }
  }

  # While the warehouse can't be reached, every message uses up attempts as a broken
  # one does. A hundred attempts, soon ten minutes apart, take most of a day.
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters.id
    max_delivery_attempts = 100
  }

  expiration_policy {
    ttl = "" # never, however quiet it is between elections
  }
}

resource "google_pubsub_topic" "dead_letters" {
  project      = var.project_id
  name         = "${var.topic}-dead-letters"
  labels       = var.labels
  kms_key_name = var.kms_key
}

# A topic keeps messages only for its subscriptions.
resource "google_pubsub_subscription" "dead_letters" {
  project = var.project_id
  name    = "${var.topic}-dead-letters"
  topic   = google_pubsub_topic.dead_letters.id
  labels  = var.labels

  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s" # 31 days, the longest there is
  deletion_policy            = var.deletion_protection ? "PREVENT" : "DELETE"

  expiration_policy {
    ttl = ""
  }
}

# Pub/Sub itself moves a message to the dead letters: it publishes there, and
# acknowledges here.
locals {
  pubsub_agent = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic_iam_member" "dead_letter_publisher" {
  project = var.project_id
  topic   = google_pubsub_topic.dead_letters.name
  role    = "roles/pubsub.publisher"
  member  = local.pubsub_agent

  # Google creates the account with the project's first subscription.
  depends_on = [google_pubsub_subscription.dead_letters]
}

resource "google_pubsub_subscription_iam_member" "dead_letter_subscriber" {
  project      = var.project_id
  subscription = google_pubsub_subscription.ingest.name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}
