# Schedules call with a token, and say what the functions understand.

mock_provider "google" {}

variables {
  project_id      = "springfield-votes"
  region          = "us-central1"
  service_account = "scheduler@springfield-votes.iam.gserviceaccount.com"
  paused          = false
  jobs = {
    bridge-00 = {
      description      = "test"
      schedule         = "*/2 * * * *"
      uri              = "https://bridge.example.run.app"
      deadline_seconds = 180
      body             = "{\"shard\":0,\"shards\":2}"
    }
  }
  operations = {
    rebuild = {
      description      = "test"
      uri              = "https://aggregate.example.run.app"
      deadline_seconds = 900
      body             = "{\"until\":\"caught_up\"}"
    }
  }
}

run "job" {
  command = plan
  module {
    source = "./modules/schedules"
  }
  assert {
    condition     = alltrue([for j in google_cloud_scheduler_job.job : j.http_target[0].oidc_token[0].service_account_email == var.service_account])
    error_message = "A call isn't authenticated."
  }
  assert {
    condition     = alltrue([for j in google_cloud_scheduler_job.job : j.http_target[0].oidc_token[0].audience == j.http_target[0].uri])
    error_message = "A call's token is for somebody else."
  }
  assert {
    condition     = base64decode(google_cloud_scheduler_job.job["bridge-00"].http_target[0].body) == "{\"shard\":0,\"shards\":2}"
    error_message = "The body isn't what was given."
  }
}

run "operation" {
  command = plan
  module {
    source = "./modules/schedules"
  }
  variables {
    paused = true
  }
  assert {
    condition     = google_cloud_scheduler_job.operation["rebuild"].http_target[0].oidc_token[0].audience == "https://aggregate.example.run.app" && google_cloud_scheduler_job.operation["rebuild"].http_target[0].oidc_token[0].service_account_email == var.service_account
    error_message = "A call isn't authenticated, or its token is for somebody else."
  }
  assert {
    condition     = google_cloud_scheduler_job.operation["rebuild"].schedule == "0 0 29 2 *"
    error_message = "A job that a person runs comes by itself."
  }
  assert {
    condition     = google_cloud_scheduler_job.operation["rebuild"].retry_config[0].retry_count == 5
    error_message = "A call that finds no instance isn't repeated."
  }
}

run "paused" {
  command = plan
  module {
    source = "./modules/schedules"
  }
  variables {
    paused = true
  }
  assert {
    condition     = alltrue([for j in google_cloud_scheduler_job.job : j.paused])
    error_message = "A job still runs."
  }
}

run "longer_than_a_scheduler_waits" {
  command = plan
  module {
    source = "./modules/schedules"
  }
  variables {
    jobs = {
      bridge-00 = { description = "test", schedule = "* * * * *", uri = "https://bridge.example.run.app", deadline_seconds = 3600, body = "{}" }
    }
  }
  expect_failures = [var.jobs]
}
