# Pushes are authenticated, and what can't be taken is kept.

mock_provider "google" {
  # Pub/Sub's topics are referred to by their id, which the provider checks.
  mock_resource "google_pubsub_topic" {
    defaults = {
      id = "projects/springfield-votes/topics/mocked"
    }
  }
}

variables {
  project_id          = "springfield-votes"
  project_number      = 123456789
  topic               = "kafka-records"
  publisher           = "serviceAccount:bridge@springfield-votes.iam.gserviceaccount.com"
  push_endpoint       = "https://ingest.example.run.app"
  push_account        = "push@springfield-votes.iam.gserviceaccount.com"
  deletion_protection = true
}

run "messaging" {
  command = apply
  module {
    source = "./modules/messaging"
  }

  assert {
    condition     = google_pubsub_subscription.ingest.push_config[0].oidc_token[0].service_account_email == var.push_account
    error_message = "Pushes aren't authenticated."
  }
  assert {
    condition     = google_pubsub_subscription.ingest.push_config[0].oidc_token[0].audience == var.push_endpoint
    error_message = "The push's token is for somebody else."
  }
  assert {
    condition     = google_pubsub_subscription.ingest.dead_letter_policy[0].max_delivery_attempts == 100
    error_message = "Attempts are used up too soon: those that a passing failure takes count too."
  }
  assert {
    condition     = google_pubsub_subscription.dead_letters.topic == google_pubsub_subscription.ingest.dead_letter_policy[0].dead_letter_topic
    error_message = "Nobody keeps the dead letters."
  }
  assert {
    condition     = google_pubsub_topic_iam_member.dead_letter_publisher.member == "serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com"
    error_message = "Pub/Sub may not publish to the dead letters."
  }
  assert {
    condition     = google_pubsub_subscription_iam_member.dead_letter_subscriber.subscription == "kafka-records-ingest"
    error_message = "Pub/Sub may not take a message off the subscription."
  }
  assert {
    condition     = alltrue([for s in [google_pubsub_subscription.ingest, google_pubsub_subscription.dead_letters] : s.expiration_policy[0].ttl == ""])
    error_message = "A subscription expires after 31 idle days."
  }
  assert {
    condition     = alltrue([for s in [google_pubsub_subscription.ingest, google_pubsub_subscription.dead_letters] : s.deletion_policy == "PREVENT"])
    error_message = "Messages aren't protected."
  }
}
