# What people may do, and what is kept of what they did.

mock_provider "google" {}

variables {
  project_id = "springfield-votes"
  brokers    = ["kafka.example.org:9092"]
  own_state  = true
  archive    = "tests/archives/first.zip"
}

run "nobody_by_default" {
  command = plan
  assert {
    condition     = length(google_project_iam_member.operator) + length(google_project_iam_member.reader) + length(google_project_iam_custom_role.operator) == 0
    error_message = "Somebody may do something without being named."
  }
  assert {
    condition     = length(google_logging_project_sink.logs) + length(google_logging_project_sink.audit) + length(google_billing_budget.budget) == 0
    error_message = "Something is kept, or counted, that nobody asked for."
  }
}

run "operators_read_no_table" {
  command = plan
  variables {
    operators = ["group:night@example.org", "user:day@example.org"]
  }
  assert {
    condition     = length([for m in google_project_iam_member.operator : m if m.role == "roles/logging.viewer" || m.role == "roles/monitoring.viewer"]) == 4
    error_message = "Each of two operators reads logs and metrics."
  }
  assert {
    condition     = alltrue([for p in google_project_iam_custom_role.operator[0].permissions : startswith(p, "cloudscheduler.")])
    error_message = "The operators' own role is about schedules only."
  }
  assert {
    condition     = length(google_pubsub_subscription_iam_member.operator) == 2 && length(google_service_account_iam_member.operator) == 2
    error_message = "Operators take dead letters, and change what a schedule posts."
  }
  assert {
    condition     = length(google_project_iam_member.reader) == 0
    error_message = "An operator may run queries."
  }
}

run "readers_query_the_results" {
  command = plan
  variables {
    readers = ["group:analysts@example.org"]
  }
  assert {
    condition     = one(values(google_project_iam_member.reader)).role == "roles/bigquery.jobUser"
    error_message = "A reader runs queries, and nothing else, for all of the project."
  }
}

run "readers_of_another_warehouse" {
  command = plan
  variables {
    readers   = ["group:analysts@example.org"]
    warehouse = "postgres"
    network   = { network = "n", subnetwork = "s" }
  }
  expect_failures = [var.readers]
}

run "an_operator_without_a_kind" {
  command = plan
  variables {
    operators = ["night@example.org"]
  }
  expect_failures = [var.operators]
}

run "ingest_reads_nothing" {
  command = plan
  assert {
    condition     = toset(google_project_iam_custom_role.appender[0].permissions) == toset(["bigquery.tables.get", "bigquery.tables.updateData"])
    error_message = "The role that appends may do more than append."
  }
}

run "records_that_are_kept" {
  command = plan
  variables {
    log_retention_days = 400
    audit_days         = 400
    budget             = { billing_account = "012345-6789AB-CDEF01", amount = 100 }
    alert_channels     = ["projects/springfield-votes/notificationChannels/1"]
  }
  assert {
    condition     = google_logging_project_bucket_config.logs[0].retention_days == 400 && google_storage_bucket.audit[0].retention_policy[0].retention_period == "34560000"
    error_message = "Logs are kept for another time than was asked for."
  }
  assert {
    condition     = length(google_billing_budget.budget[0].threshold_rules) == 4
    error_message = "A budget tells of half, most and all of it, and of a forecast."
  }
}

run "labels_on_what_can_have_them" {
  command = plan
  variables {
    labels = { team = "elections" }
  }
  assert {
    condition     = google_storage_bucket.source.labels == tomap({ app = "tallystream", team = "elections" })
    error_message = "The source's bucket has other labels."
  }
}

run "a_label_that_is_ours" {
  command = plan
  variables {
    labels = { app = "mine" }
  }
  expect_failures = [var.labels]
}

run "a_budget_without_an_account" {
  command = plan
  variables {
    budget = { billing_account = "mine", amount = 100 }
  }
  expect_failures = [var.budget]
}

run "a_channel_that_is_an_address" {
  command = plan
  variables {
    alert_channels = ["night@example.org"]
  }
  expect_failures = [var.alert_channels]
}

run "a_key_of_another_region" {
  command = plan
  variables {
    kms_key = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
  }
  expect_failures = [var.kms_key]
}
