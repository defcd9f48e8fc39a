# warehouse = "postgres": an instance of Cloud SQL, and nothing of BigQuery.

mock_provider "google" {}

variables {
  project_id = "springfield-votes"
  brokers    = ["kafka.example.org:9092"]
  own_state  = true
  archive    = "tests/archives/first.zip"
}

run "bigquery_by_default" {
  command = plan
  assert {
    condition     = length(module.postgres) == 0 && length(module.warehouse) == 1 && output.role_grants == "" && output.database_proxy == null
    error_message = "There is a database although nobody asked for one."
  }
  assert {
    condition     = startswith(output.results, "bq ")
    error_message = "Results aren't read from BigQuery."
  }
  assert {
    condition     = length(setintersection([for s in google_project_service.service : s.service], ["sqladmin.googleapis.com", "servicenetworking.googleapis.com"])) == 0
    error_message = "Services of a database are enabled."
  }
}

run "nothing_of_bigquery" {
  command = plan
  variables {
    warehouse = "postgres"
  }
  assert {
    condition     = length(module.warehouse) == 0 && length(module.postgres) == 1 && length(google_project_iam_member.query) == 0
    error_message = "There are tables of BigQuery, or somebody may query them."
  }
  assert {
    condition     = length([for s in google_project_service.service : s.service if strcontains(s.service, "bigquery")]) == 0
    error_message = "BigQuery is enabled."
  }
  assert {
    condition     = contains([for s in google_project_service.service : s.service], "sqladmin.googleapis.com")
    error_message = "Cloud SQL isn't enabled."
  }
  assert {
    condition     = startswith(output.results, "psql ") && strcontains(output.database_proxy, "springfield-votes:us-central1:tallystream")
    error_message = "Results aren't read from the database, or nothing says how it is reached."
  }
  assert {
    condition     = alltrue([for name in ["database-connections", "database-disk", "database-availability"] : contains(keys(module.monitoring.alerts), name)])
    error_message = "The database isn't watched."
  }
  assert {
    condition = alltrue([
      for name in ["ingest", "aggregate", "dashboard"] :
      local.functions[name].environment.WAREHOUSE == "postgres" &&
      local.functions[name].environment.CLOUD_SQL_INSTANCE == "springfield-votes:us-central1:tallystream" &&
      startswith(local.functions[name].environment.DATABASE_URL, "user=tallystream-${name}@springfield-votes.iam dbname=tallystream ") &&
      local.functions[name].environment.BIGQUERY_LOCATION == "" &&
      local.functions[name].vpc != null
    ])
    error_message = "A function isn't told of the database, or can't reach it."
  }
  assert {
    condition     = local.functions.bridge.vpc == null && !can(local.functions.bridge.environment.DATABASE_URL)
    error_message = "The bridge has nothing to do with the database."
  }
}

run "no_alerts_of_a_database" {
  command = plan
  assert {
    condition     = length([for name in keys(module.monitoring.alerts) : name if startswith(name, "database")]) == 0
    error_message = "A database is watched that there isn't."
  }
}

run "in_the_network_of_managed_kafka" {
  command = plan
  variables {
    warehouse     = "postgres"
    brokers       = []
    managed_kafka = {}
  }
  assert {
    condition     = local.functions.ingest.vpc == local.functions.bridge.vpc
    error_message = "The database and Kafka are in different networks."
  }
}

run "a_warehouse_that_does_not_exist" {
  command = plan
  variables {
    warehouse = "duckdb"
  }
  expect_failures = [var.warehouse]
}

run "a_location_of_bigquery_for_a_database" {
  command = plan
  variables {
    warehouse         = "postgres"
    bigquery_location = "EU"
  }
  expect_failures = [var.bigquery_location]
}

run "sizes_of_a_database_for_bigquery" {
  command = plan
  variables {
    postgres = { tier = "db-custom-4-16384" }
  }
  expect_failures = [var.postgres]
}

run "addresses_for_a_network_that_exists" {
  command = plan
  variables {
    warehouse = "postgres"
    network   = { network = "n", subnetwork = "s" }
    postgres  = { subnet_cidr = "10.1.0.0/24" }
  }
  expect_failures = [var.postgres]
}

run "no_peering_of_a_network_that_is_made" {
  command = plan
  variables {
    warehouse = "postgres"
    postgres  = { peer = false }
  }
  expect_failures = [var.postgres]
}

run "an_instance" {
  command = plan
  module {
    source = "./modules/postgres"
  }
  variables {
    region  = "us-central1"
    network = null
    accounts = {
      ingest    = "tallystream-ingest@springfield-votes.iam.gserviceaccount.com"
      dashboard = "tallystream-dashboard@springfield-votes.iam.gserviceaccount.com"
    }
    connections         = 100
    size                = { operators = ["night@example.org"], no_maintenance = { from = "2026-10-20", to = "2026-11-10" } }
    deletion_protection = true
  }
  assert {
    condition = (
      !google_sql_database_instance.instance.settings[0].ip_configuration[0].ipv4_enabled &&
      google_sql_database_instance.instance.settings[0].ip_configuration[0].private_network == "projects/springfield-votes/global/networks/tallystream-postgres" &&
      google_sql_database_instance.instance.settings[0].ip_configuration[0].ssl_mode == "ENCRYPTED_ONLY" &&
      google_sql_database_instance.instance.settings[0].connector_enforcement == "REQUIRED"
    )
    error_message = "The instance can be reached from outside, or without showing who one is."
  }
  assert {
    condition = (
      google_sql_database_instance.instance.settings[0].backup_configuration[0].enabled &&
      google_sql_database_instance.instance.settings[0].backup_configuration[0].point_in_time_recovery_enabled &&
      google_sql_database_instance.instance.settings[0].availability_type == "REGIONAL" &&
      google_sql_database_instance.instance.settings[0].deny_maintenance_period[0].start_date == "2026-10-20"
    )
    error_message = "An earlier moment can't be had again, or nothing takes over."
  }
  assert {
    condition     = google_sql_database_instance.instance.deletion_protection && google_sql_database_instance.instance.settings[0].deletion_protection_enabled
    error_message = "The instance isn't protected."
  }
  assert {
    condition = { for f in google_sql_database_instance.instance.settings[0].database_flags : f.name => f.value } == {
      "cloudsql.iam_authentication" = "on", "max_connections" = "200"
    }
    error_message = "Accounts can't log in, or connections aren't bounded."
  }
  assert {
    condition = { for u in google_sql_user.function : u.name => u.type } == {
      "tallystream-ingest@springfield-votes.iam"    = "CLOUD_IAM_SERVICE_ACCOUNT"
      "tallystream-dashboard@springfield-votes.iam" = "CLOUD_IAM_SERVICE_ACCOUNT"
    } && google_sql_user.operator["night@example.org"].type == "CLOUD_IAM_USER"
    error_message = "Users aren't the accounts."
  }
  assert {
    condition     = alltrue([for u in merge(google_sql_user.function, google_sql_user.operator) : u.password == null])
    error_message = "Somebody has a password."
  }
  assert {
    condition = alltrue([
      for m in google_project_iam_member.client : strcontains(one(m.condition).expression, "projects/springfield-votes/instances/tallystream'")
    ]) && length(google_project_iam_member.client) == 3 && length(google_project_iam_member.login) == 3
    error_message = "An account may connect to other instances, or not to this one."
  }
  assert {
    condition = output.role_grants == [
      "GRANT tallystream_dashboard TO \"tallystream-dashboard@springfield-votes.iam\";",
      "GRANT tallystream_ingest TO \"tallystream-ingest@springfield-votes.iam\";",
      "GRANT tallystream_operate TO \"night@example.org\";",
    ]
    error_message = "Users aren't given the roles of their names."
  }
}

run "an_instance_in_a_network_of_ones_own" {
  command = plan
  module {
    source = "./modules/postgres"
  }
  variables {
    region              = "us-central1"
    network             = { network = "https://www.googleapis.com/compute/v1/projects/host/global/networks/n", subnetwork = "s" }
    accounts            = {}
    connections         = 100
    size                = { peer = false, high_availability = false }
    deletion_protection = false
  }
  assert {
    condition     = length(google_compute_network.postgres) == 0 && length(google_compute_global_address.services) == 0 && length(google_service_networking_connection.services) == 0
    error_message = "Something is made that is there already."
  }
  assert {
    condition = (
      google_sql_database_instance.instance.settings[0].ip_configuration[0].private_network == var.network.network &&
      google_sql_database_instance.instance.settings[0].availability_type == "ZONAL" &&
      !google_sql_database_instance.instance.deletion_protection
    )
    error_message = "The instance isn't what was asked for."
  }
}

run "too_few_connections" {
  command = plan
  module {
    source = "./modules/postgres"
  }
  variables {
    region              = "us-central1"
    network             = null
    accounts            = {}
    connections         = 190
    deletion_protection = true
  }
  expect_failures = [var.size]
}

run "a_tier_of_a_shared_core" {
  command = plan
  module {
    source = "./modules/postgres"
  }
  variables {
    region              = "us-central1"
    network             = null
    accounts            = {}
    connections         = 10
    size                = { tier = "db-f1-micro" }
    deletion_protection = true
  }
  expect_failures = [var.size]
}

run "a_hundred_days_without_maintenance" {
  command = plan
  module {
    source = "./modules/postgres"
  }
  variables {
    region              = "us-central1"
    network             = null
    accounts            = {}
    connections         = 10
    size                = { no_maintenance = { from = "2026-08-01", to = "2026-11-09" } }
    deletion_protection = true
  }
  expect_failures = [var.size]
}
