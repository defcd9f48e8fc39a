# Tables and views are those of shared/warehouse, with their partitions, their
# clusters and their readers.

mock_provider "google" {}

variables {
  project_id          = "springfield-votes"
  location            = "EU"
  definitions         = "../shared/warehouse"
  deletion_protection = true
  grants = {
    reader = { dataset = "analytics", role = "roles/bigquery.dataViewer", member = "serviceAccount:r@springfield-votes.iam.gserviceaccount.com" }
    writer = { dataset = "raw", role = "roles/bigquery.dataEditor", member = "serviceAccount:w@springfield-votes.iam.gserviceaccount.com" }
  }
}

run "tables_and_views" {
  command = plan
  module {
    source = "./modules/warehouse"
  }

  assert {
    condition     = length(google_bigquery_table.table) == length(fileset("../shared/warehouse", "tables/*/*.json")) && length(google_bigquery_table.table) > 0
    error_message = "Not every table file is a table."
  }
  assert {
    condition = alltrue([
      for t in google_bigquery_table.table :
      length(t.time_partitioning) == 1 && contains(["HOUR", "DAY", "MONTH"], t.time_partitioning[0].type) && length(t.time_partitioning[0].field) > 0
    ])
    error_message = "A table isn't partitioned."
  }
  assert {
    condition     = alltrue([for t in google_bigquery_table.table : try(length(t.clustering), 0) >= 1 && try(length(t.clustering), 0) <= 4])
    error_message = "A table isn't clustered by one to four columns."
  }
  assert {
    condition = alltrue([
      for t in google_bigquery_table.table :
      length(setsubtract(concat(t.clustering, [t.time_partitioning[0].field]), [for f in jsondecode(t.schema) : f.name])) == 0
    ])
    error_message = "A table is partitioned or clustered by a column that it doesn't have."
  }
  assert {
    condition     = alltrue([for t in google_bigquery_table.table : t.deletion_protection])
    error_message = "A table isn't protected."
  }
  assert {
    condition     = alltrue([for d in google_bigquery_dataset.dataset : d.location == "EU" && !d.delete_contents_on_destroy])
    error_message = "A dataset lies elsewhere, or goes with what it holds."
  }
  assert {
    condition = alltrue([
      for v in google_bigquery_table.view :
      strcontains(v.view[0].query, "`springfield-votes.") && !v.view[0].use_legacy_sql && startswith(v.view[0].query, "SELECT") && length(v.description) > 20
    ])
    error_message = "A view isn't GoogleSQL about the project's tables, or has no description."
  }
}

run "grants_are_table_by_table" {
  command = plan
  module {
    source = "./modules/warehouse"
  }

  assert {
    condition = toset([
      for g in google_bigquery_table_iam_member.grant : "${g.dataset_id}.${g.table_id}" if g.role == "roles/bigquery.dataEditor"
    ]) == toset(["raw.log_ends", "raw.rejects", "raw.voters", "raw.votes"])
    error_message = "The writer of raw may write other tables, or not all of raw."
  }
  assert {
    condition = alltrue([
      for g in google_bigquery_table_iam_member.grant : g.dataset_id == "analytics" if g.role == "roles/bigquery.dataViewer"
    ])
    error_message = "The reader of analytics may read other tables."
  }
}

run "views_for_readers_are_authorized" {
  command = plan
  module {
    source = "./modules/warehouse"
  }

  assert {
    condition = contains([
      for a in google_bigquery_dataset_access.view : "${a.view[0].dataset_id}.${a.view[0].table_id} reads ${a.dataset_id}"
    ], "marts.vote_statistics reads core")
    error_message = "Who reads marts.vote_statistics would need core too."
  }
  assert {
    condition = alltrue([
      for a in google_bigquery_dataset_access.view :
      # Of raw only the reports of log ends, which hold nothing of a record.
      a.dataset_id == "raw" ? "${a.view[0].dataset_id}.${a.view[0].table_id}" == "analytics.log_ends" : contains(["analytics", "marts"], a.view[0].dataset_id)
    ])
    error_message = "A view that holds single voters' records is open to who may not read them."
  }
}

run "data_goes_where_it_is_told_to" {
  command = plan
  module {
    source = "./modules/warehouse"
  }
  variables {
    deletion_protection = false
  }
  assert {
    condition     = alltrue([for t in google_bigquery_table.table : !t.deletion_protection]) && alltrue([for d in google_bigquery_dataset.dataset : d.delete_contents_on_destroy])
    error_message = "Something is protected although it shouldn't be."
  }
}

run "no_broad_grant" {
  command = plan
  module {
    source = "./modules/warehouse"
  }
  variables {
    grants = {
      owner = { dataset = "raw", role = "roles/bigquery.admin", member = "user:a@example.org" }
    }
  }
  expect_failures = [var.grants]
}
