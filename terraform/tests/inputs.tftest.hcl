# Bad inputs are refused when planning, each by the variable that is wrong.

mock_provider "google" {}

variables {
  project_id = "springfield-votes"
  brokers    = ["kafka.example.org:9092"]
  own_state  = true
  archive    = "tests/archives/first.zip"
}

run "good_inputs" {
  command = plan
  variables {
    brokers       = ["kafka-1.example.org:9093", "[2001:db8::1]:9093"]
    election_file = "tests/elections/good.yaml"
    kafka = {
      tls            = true
      sasl_mechanism = "scram-sha-512"
      username       = "tallystream"
    }
    kafka_password    = "not a secret"
    hmac_key          = "sixteen bytes or more"
    alert_emails      = ["night@example.org", "day@example.org"]
    public_dashboard  = true
    dashboard_viewers = ["group:press@example.org"]
    functions = {
      bridge = { shards = 3 }
    }
  }
  assert {
    condition     = length(output.run_now) == 7
    error_message = "Two jobs take turns for each of three shards, and the aggregation has one."
  }
}

run "no_project" {
  command = plan
  variables {
    project_id = ""
  }
  expect_failures = [var.project_id]
}

run "a_number_for_a_project" {
  command = plan
  variables {
    project_id = "123456789012"
  }
  expect_failures = [var.project_id]
}

run "a_state_that_is_no_projects" {
  command = plan
  variables {
    own_state = false
  }
  expect_failures = [var.project_id]
}

run "a_broker_without_a_port" {
  command = plan
  variables {
    brokers = ["kafka.example.org"]
  }
  expect_failures = [var.brokers]
}

run "no_kafka_at_all" {
  command = plan
  variables {
    brokers = []
  }
  expect_failures = [var.brokers]
}

run "two_kafkas" {
  command = plan
  variables {
    managed_kafka = {}
  }
  expect_failures = [var.brokers]
}

run "a_zone_for_a_region" {
  command = plan
  variables {
    region = "us-central1-a"
  }
  expect_failures = [var.region]
}

run "a_continent_for_a_region" {
  command = plan
  variables {
    region = "EU"
  }
  expect_failures = [var.region]
}

run "a_zone_for_the_tables" {
  command = plan
  variables {
    bigquery_location = "us-central1-a"
  }
  expect_failures = [var.bigquery_location]
}

run "a_bucket_name_that_no_bucket_may_have" {
  command = plan
  variables {
    source_bucket = "Votes Of Springfield"
  }
  expect_failures = [var.source_bucket]
}

run "an_election_file_that_is_missing" {
  command = plan
  variables {
    election_file = "tests/elections/nowhere.yaml"
  }
  expect_failures = [var.election_file]
}

run "an_election_file_that_does_not_parse" {
  command = plan
  variables {
    election_file = "tests/elections/not-yaml.yaml"
  }
  expect_failures = [var.election_file]
}

run "outlines_that_are_missing" {
  command = plan
  variables {
    election_file = "tests/elections/lost-outlines.yaml"
  }
  expect_failures = [var.election_file]
}

run "an_election_with_outlines" {
  command = plan
  variables {
    election_file = "tests/elections/outlined.yaml"
  }
  assert {
    condition     = length(google_storage_bucket_object.election) == 2
    error_message = "The election file and its outlines go to the bucket."
  }
}

run "an_election_with_a_bad_id" {
  command = plan
  variables {
    election_file = "tests/elections/bad-id.yaml"
  }
  expect_failures = [var.election_file]
}

run "an_election_with_a_misspelt_field" {
  command = plan
  variables {
    election_file = "tests/elections/misspelt.yaml"
  }
  expect_failures = [var.election_file]
}

run "a_candidate_without_an_id" {
  command = plan
  variables {
    election_file = "tests/elections/no-candidate-id.yaml"
  }
  expect_failures = [var.election_file]
}

run "a_mechanism_that_does_not_exist" {
  command = plan
  variables {
    kafka = { sasl_mechanism = "kerberos" }
  }
  expect_failures = [var.kafka]
}

run "a_secret_in_the_clear" {
  command = plan
  variables {
    kafka          = { sasl_mechanism = "plain", username = "u" }
    kafka_password = "secret"
  }
  expect_failures = [var.kafka]
}

run "a_mechanism_without_a_user" {
  command = plan
  variables {
    kafka          = { sasl_mechanism = "scram-sha-256" }
    kafka_password = "secret"
  }
  expect_failures = [var.kafka]
}

run "a_user_without_a_mechanism" {
  command = plan
  variables {
    kafka = { username = "u" }
  }
  expect_failures = [var.kafka]
}

run "a_user_without_a_password" {
  command = plan
  variables {
    kafka = { sasl_mechanism = "scram-sha-512", username = "u" }
  }
  expect_failures = [var.kafka_password]
}

run "one_topic_for_both" {
  command = plan
  variables {
    kafka = { voters_topic = "records", votes_topic = "records" }
  }
  expect_failures = [var.kafka]
}

run "a_key_that_is_too_short" {
  command = plan
  variables {
    hmac_key = "short"
  }
  expect_failures = [var.hmac_key]
}

run "too_little_memory_for_ingest" {
  command = plan
  variables {
    functions = { ingest = { concurrency = 80 } }
  }
  expect_failures = [var.functions]
}

run "too_little_memory_for_the_bridge" {
  command = plan
  variables {
    functions = { bridge = { inflight_bytes = 536870912 } }
  }
  expect_failures = [var.functions]
}

run "a_drain_longer_than_its_turn" {
  command = plan
  variables {
    functions = { bridge = { drain_seconds = 120 } }
  }
  expect_failures = [var.functions]
}

run "a_share_of_a_processor_for_many_requests" {
  command = plan
  variables {
    functions = { dashboard = { cpu = "0.5" } }
  }
  expect_failures = [var.functions]
}

run "a_message_larger_than_pubsub_takes" {
  command = plan
  variables {
    functions = { bridge = { batch_bytes = 20000000 } }
  }
  expect_failures = [var.functions]
}

run "half_a_shard" {
  command = plan
  variables {
    functions = { bridge = { shards = 0.5 } }
  }
  expect_failures = [var.functions]
}

run "a_name_for_an_address" {
  command = plan
  variables {
    alert_emails = ["the night shift"]
  }
  expect_failures = [var.alert_emails]
}

run "a_share_in_percent" {
  command = plan
  variables {
    alerts = { rejected_share = 5 }
  }
  expect_failures = [var.alerts]
}

run "two_networks" {
  command = plan
  variables {
    brokers       = []
    managed_kafka = {}
    network       = { network = "n", subnetwork = "s" }
  }
  expect_failures = [var.network]
}

run "a_small_managed_kafka" {
  command = plan
  variables {
    brokers       = []
    managed_kafka = { vcpus = 1 }
  }
  expect_failures = [var.managed_kafka]
}

run "more_streams_than_requests" {
  command = plan
  variables {
    functions = { dashboard = { max_streams = 1000 } }
  }
  expect_failures = [var.functions]
}

run "everybody_by_the_back_door" {
  command = plan
  variables {
    dashboard_viewers = ["allUsers"]
  }
  expect_failures = [var.dashboard_viewers]
}

run "a_password_for_the_managed_kafka" {
  command = plan
  variables {
    brokers        = []
    managed_kafka  = {}
    kafka          = { sasl_mechanism = "scram-sha-512", username = "u" }
    kafka_password = "secret"
  }
  expect_failures = [var.kafka]
}

run "an_election_that_never_closes" {
  command = plan
  variables {
    election_file = "tests/elections/never-closes.yaml"
  }
  expect_failures = [var.election_file]
}

run "an_election_that_closes_before_it_opens" {
  command = plan
  variables {
    election_file = "tests/elections/closes-first.yaml"
  }
  expect_failures = [var.election_file]
}

run "an_idle_time_of_a_second" {
  command = plan
  variables {
    idle_seconds = 1
  }
  expect_failures = [var.idle_seconds]
}

run "delayed_between_two_reports" {
  command = plan
  variables {
    functions = {
      dashboard = { delayed_after_seconds = 60 }
    }
  }
  expect_failures = [var.functions]
}

run "never_idle" {
  command = plan
  variables {
    idle_seconds = 0
    functions = {
      dashboard = { delayed_after_seconds = 60 }
    }
  }
}
