# Several elections in one project: a prefix stands before every name.

mock_provider "google" {}

variables {
  project_id  = "springfield-votes"
  name_prefix = "spring"
  brokers     = ["kafka.example.org:9092"]
  own_state   = true
  archive     = "tests/archives/first.zip"
}

run "functions" {
  command = plan
  assert {
    condition     = { for name in keys(local.functions) : name => module.function[name].name } == { for name in keys(local.functions) : name => "spring-${name}" }
    error_message = "A function's name lacks the prefix."
  }
  assert {
    condition = (
      local.functions["bridge"].environment.PUBSUB_TOPIC == "spring-kafka-records" &&
      local.functions["bridge"].environment.KAFKA_GROUP == "spring-tallystream" &&
      alltrue([for f in local.functions : f.environment.DATASET_PREFIX == "spring_"])
    )
    error_message = "A function is told another deployment's topic, group or datasets."
  }
  assert {
    condition     = google_service_account.scheduler.account_id == "spring-tallystream-scheduler" && google_service_account.scheduler.display_name == "Tallystream spring: schedules that call the bridge and the aggregation"
    error_message = "The schedules' account has no name of its own."
  }
  assert {
    condition     = google_storage_bucket.source.name == "springfield-votes-spring-tallystream-source" && module.hmac_key.secret_id == "spring-tallystream-hmac-key"
    error_message = "The source or the key of the pseudonyms is another deployment's."
  }
  assert {
    condition     = google_project_iam_custom_role.appender[0].role_id == "spring_tallystreamAppender"
    error_message = "The role of the appender is another deployment's."
  }
  assert {
    condition     = terraform_data.state.input == "springfield-votes.spring"
    error_message = "The state doesn't record whose it is."
  }
}

run "commands" {
  command = plan
  assert {
    condition     = strcontains(output.results, " FROM spring_analytics.candidate_totals ")
    error_message = "results reads ${output.results}."
  }
  assert {
    condition     = keys(output.run_now) == ["spring-aggregate", "spring-bridge-00", "spring-bridge-00-odd"] && startswith(output.run_now["spring-bridge-00"], "gcloud scheduler jobs run spring-bridge-00 ")
    error_message = "run_now runs another deployment's jobs."
  }
  assert {
    condition     = output.operations["rebuild"] == "go run ./local rebuild --project springfield-votes --region us-central1 --prefix spring"
    error_message = "operations calls another deployment: ${output.operations["rebuild"]}."
  }
  assert {
    condition     = strcontains(output.logs["bridge"], "resource.labels.service_name=\"spring-bridge\"")
    error_message = "logs reads another deployment's lines: ${output.logs["bridge"]}."
  }
  assert {
    condition     = strcontains(output.dead_letters, " spring-kafka-records-dead-letters ") && strcontains(output.open_dashboard, " proxy spring-dashboard ")
    error_message = "dead_letters or open_dashboard leads to another deployment."
  }
  assert {
    condition     = output.deployment.name_prefix == "spring" && output.deployment.dataset_prefix == "spring_" && output.deployment.pubsub.topic == "spring-kafka-records"
    error_message = "deployment tells of another one."
  }
}

run "a_group_of_ones_own" {
  command = plan
  variables {
    kafka = { group = "mine" }
  }
  assert {
    condition     = local.functions["bridge"].environment.KAFKA_GROUP == "mine"
    error_message = "The group that was given isn't used."
  }
}

run "without_a_prefix" {
  command = plan
  variables {
    name_prefix = ""
  }
  assert {
    condition     = local.functions["bridge"].environment.KAFKA_GROUP == "tallystream" && alltrue([for f in local.functions : f.environment.DATASET_PREFIX == ""])
    error_message = "A deployment without a prefix has another group or other datasets than before."
  }
  assert {
    condition     = output.operations["rebuild"] == "go run ./local rebuild --project springfield-votes --region us-central1" && strcontains(output.results, " FROM analytics.")
    error_message = "Commands for a deployment without a prefix have one."
  }
  assert {
    condition     = terraform_data.state.input == "springfield-votes"
    error_message = "The state is another's than before."
  }
}

run "on_postgresql" {
  command = plan
  variables {
    warehouse = "postgres"
  }
  assert {
    condition     = alltrue([for f in local.functions : f.environment.DATASET_PREFIX == ""])
    error_message = "A function on PostgreSQL is told of datasets, which it refuses."
  }
  assert {
    condition     = startswith(local.functions["ingest"].environment.DATABASE_URL, "user=spring-tallystream-ingest@springfield-votes.iam dbname=tallystream ")
    error_message = "ingest logs in as another's account."
  }
  assert {
    condition     = strcontains(output.database_proxy, "springfield-votes:us-central1:spring-tallystream")
    error_message = "database_proxy leads to another instance: ${output.database_proxy}."
  }
}

run "grants_of_an_instance" {
  command = plan
  module {
    source = "./modules/postgres"
  }
  variables {
    region              = "us-central1"
    name                = "spring-tallystream"
    network             = null
    accounts            = { ingest = "spring-tallystream-ingest@springfield-votes.iam.gserviceaccount.com" }
    connections         = 10
    deletion_protection = true
  }
  assert {
    condition     = output.role_grants == ["GRANT tallystream_ingest TO \"spring-tallystream-ingest@springfield-votes.iam\";"]
    error_message = "Roles are granted to others: ${join(" ", output.role_grants)}"
  }
  assert {
    condition     = google_sql_database_instance.instance.name == "spring-tallystream" && google_compute_network.postgres[0].name == "spring-tallystream-postgres"
    error_message = "The instance or its network is another deployment's."
  }
}

run "views_of_prefixed_datasets" {
  command = plan
  module {
    source = "./modules/warehouse"
  }
  variables {
    prefix              = "spring_"
    location            = "EU"
    definitions         = "../shared/warehouse"
    deletion_protection = true
    grants              = { reader = { dataset = "analytics", role = "roles/bigquery.dataViewer", member = "serviceAccount:r@springfield-votes.iam.gserviceaccount.com" } }
  }
  assert {
    condition     = toset([for d in google_bigquery_dataset.dataset : d.dataset_id]) == toset(["spring_raw", "spring_core", "spring_analytics", "spring_staging", "spring_marts"])
    error_message = "A dataset lacks the prefix."
  }
  assert {
    condition = alltrue([
      for sql in concat([for v in google_bigquery_table.view : v.view[0].query], [for f in google_bigquery_routine.function : f.definition_body]) :
      strcontains(sql, "`springfield-votes.spring_") && length(regexall("`springfield-votes[.](raw|core|analytics|staging|marts)[.]", sql)) == 0
    ])
    error_message = "A view or a table function reads another deployment's tables."
  }
  assert {
    condition = contains([
      for a in google_bigquery_dataset_access.view : "${a.view[0].dataset_id}.${a.view[0].table_id} reads ${a.dataset_id}"
    ], "spring_marts.vote_statistics reads spring_core")
    error_message = "Who reads spring_marts.vote_statistics would need spring_core too."
  }
  assert {
    condition     = alltrue([for g in google_bigquery_table_iam_member.grant : g.dataset_id == "spring_analytics"]) && length(google_bigquery_table_iam_member.grant) > 0
    error_message = "The reader may read other datasets."
  }
}

run "a_prefix_with_a_dash" {
  command = plan
  variables {
    name_prefix = "spring-a"
  }
  expect_failures = [var.name_prefix]
}

run "a_prefix_that_no_account_has_room_for" {
  command = plan
  variables {
    name_prefix = "springtim"
  }
  expect_failures = [var.name_prefix]
}

run "a_user_too_long_for_postgresql" {
  command = plan
  variables {
    project_id  = "springfield-votes-of-illinois1"
    name_prefix = "autumn1"
    warehouse   = "postgres"
  }
  expect_failures = [var.project_id]
}
