# Who may do what.

mock_provider "google" {}

variables {
  project_id = "springfield-votes"
  brokers    = ["kafka.example.org:9092"]
  own_state  = true
  archive    = "tests/archives/first.zip"
}

run "nothing_is_public_by_default" {
  command = plan
  assert {
    condition     = length(output.public_functions) == 0
    error_message = "Public without being asked to: ${join(", ", output.public_functions)}."
  }
}

run "at_most_the_dashboard_is_public" {
  command = plan
  variables {
    public_dashboard = true
  }
  assert {
    condition     = output.public_functions == tolist(["dashboard"])
    error_message = "Public: ${join(", ", output.public_functions)}."
  }
}

run "project_roles_are_few" {
  command = plan
  variables {
    brokers       = []
    managed_kafka = {}
  }
  assert {
    condition = alltrue([
      for m in concat(values(google_project_iam_member.build), values(google_project_iam_member.query), google_project_iam_member.kafka_client) :
      contains(["roles/bigquery.jobUser", "roles/logging.logWriter", "roles/managedkafka.client", "roles/storage.objectViewer"], m.role)
    ])
    error_message = "A role is granted for all of the project that has a narrower place."
  }
  assert {
    condition     = length(google_project_iam_member.query) == 2 && length(google_project_iam_member.kafka_client) == 1
    error_message = "Queries are run by aggregate and dashboard, Kafka is read by the bridge, and nobody else."
  }
}

run "a_public_function" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    region                = "us-central1"
    name                  = "dashboard"
    entry_point           = "dashboard"
    account_id            = "tallystream-dashboard"
    account_title         = "test"
    description           = "test"
    runtime               = "go126"
    source_bucket         = "bucket"
    source_object         = "object.zip"
    reads_election        = false
    docker_repository     = "projects/springfield-votes/locations/us-central1/repositories/r"
    build_service_account = "projects/springfield-votes/serviceAccounts/b@springfield-votes.iam.gserviceaccount.com"
    cpu                   = "1"
    memory_mib            = 512
    concurrency           = 80
    min_instances         = 0
    max_instances         = 2
    timeout_seconds       = 60
    ingress               = "ALLOW_INTERNAL_ONLY"
    public                = true
    invokers              = { scheduler = "serviceAccount:s@springfield-votes.iam.gserviceaccount.com" }
    environment           = { GIVEN = "x", EMPTY = "" }
    secrets               = { KEY = { secret_id = "key", version = "3" } }
  }
  assert {
    condition     = toset([for m in google_cloud_run_v2_service_iam_member.invoker : m.member]) == toset(["allUsers", "serviceAccount:s@springfield-votes.iam.gserviceaccount.com"])
    error_message = "Invokers aren't those that were given, and everybody."
  }
  assert {
    condition     = alltrue([for m in google_cloud_run_v2_service_iam_member.invoker : m.role == "roles/run.invoker"])
    error_message = "Who calls a function needs no other role than run.invoker."
  }
  assert {
    condition     = google_cloudfunctions2_function.function.service_config[0].environment_variables == tomap({ GIVEN = "x", GOMEMLIMIT = "409MiB" })
    error_message = "The environment is what was given, less the empty ones, with the memory limit."
  }
  assert {
    condition     = one(google_cloudfunctions2_function.function.service_config[0].secret_environment_variables).version == "3"
    error_message = "A secret is read by its version's number."
  }
  assert {
    condition     = google_cloudfunctions2_function.function.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "An internal function is reached from outside."
  }
}

run "a_private_function" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    region                = "us-central1"
    name                  = "spring-bridge"
    entry_point           = "bridge"
    account_id            = "spring-tallystream-bridge"
    account_title         = "test"
    description           = "test"
    runtime               = "go126"
    source_bucket         = "bucket"
    source_object         = "object.zip"
    reads_election        = false
    docker_repository     = "projects/springfield-votes/locations/us-central1/repositories/r"
    build_service_account = "projects/springfield-votes/serviceAccounts/b@springfield-votes.iam.gserviceaccount.com"
    cpu                   = "1"
    memory_mib            = 512
    concurrency           = 1
    min_instances         = 0
    max_instances         = 2
    timeout_seconds       = 60
    ingress               = "ALLOW_INTERNAL_ONLY"
    public                = false
    invokers              = {}
    environment           = {}
    secrets               = {}
    vpc                   = { network = "n", subnetwork = "s" }
  }
  assert {
    condition     = google_cloudfunctions2_function.function.name == "spring-bridge" && google_cloudfunctions2_function.function.build_config[0].entry_point == "bridge"
    error_message = "The archive is asked for a function that it doesn't have, or the service has its name."
  }
  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.invoker) == 0
    error_message = "Somebody may call a function that nobody was let into."
  }
  assert {
    condition     = one(google_cloudfunctions2_function.function.service_config[0].direct_vpc_network_interface).subnetwork == "s"
    error_message = "The function isn't in the network."
  }
}
