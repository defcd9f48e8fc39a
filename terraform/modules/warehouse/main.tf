# The datasets, tables, views and table functions of the warehouse. What they are like is written
# down once, in the files that the functions embed too (shared/warehouse).

locals {
  tables = {
    for file in fileset(var.definitions, "tables/*/*.json") :
    "${basename(dirname(file))}.${trimsuffix(basename(file), ".json")}" => merge(
      jsondecode(file("${var.definitions}/${file}")),
      { dataset = basename(dirname(file)), name = trimsuffix(basename(file), ".json") },
    )
  }

  view_files = {
    for file in fileset(var.definitions, "views/*/*.sql") :
    "${basename(dirname(file))}.${trimsuffix(basename(file), ".sql")}" => file
  }

  # A view's file begins with its description, as comment lines.
  views = {
    for id, file in local.view_files : id => {
      dataset     = split(".", id)[0]
      name        = split(".", id)[1]
      comment     = regex("^(?:--[^\n]*\n)*", file("${var.definitions}/${file}"))
      sql         = templatefile("${var.definitions}/${file}", { project = var.project_id, prefix = var.prefix })
      reads       = toset([for m in regexall("\\$\\{project\\}\\.\\$\\{prefix\\}([a-z_]+)\\.", file("${var.definitions}/${file}")) : m[0]])
      description = join(" ", [for line in split("\n", trimspace(regex("^(?:--[^\n]*\n)*", file("${var.definitions}/${file}")))) : trimspace(trimprefix(line, "--"))])
    }
  }

  # A table function has its text in a file, and what it takes in another.
  functions = {
    for file in fileset(var.definitions, "functions/*/*.json") :
    "${basename(dirname(file))}.${trimsuffix(basename(file), ".json")}" => merge(
      jsondecode(file("${var.definitions}/${file}")),
      {
        dataset = basename(dirname(file))
        name    = trimsuffix(basename(file), ".json")
        comment = regex("^(?:--[^\n]*\n)*", file("${var.definitions}/${trimsuffix(file, ".json")}.sql"))
        sql     = templatefile("${var.definitions}/${trimsuffix(file, ".json")}.sql", { project = var.project_id, prefix = var.prefix })
        reads   = toset([for m in regexall("\\$\\{project\\}\\.\\$\\{prefix\\}([a-z_]+)\\.", file("${var.definitions}/${trimsuffix(file, ".json")}.sql")) : m[0]])
      },
    )
  }

  datasets = {
    raw       = "Records as ingest read them, append-only."
    core      = "What decides the count: current voters, ballots, windows, and the state of the passes."
    analytics = "The results, and the books of every record."
    staging   = "Views for analysts: raw without the copies of a repeated delivery."
    marts     = "Views that reports are built from."
  }

  # Views for readers who may not read the tables below. The dataset of these tables
  # authorizes the view, and a reader needs access to the view only.
  authorized = merge([
    for id, v in local.views : {
      for source in setsubtract(v.reads, [v.dataset]) : "${id} reads ${source}" => { view = v, source = source }
    } if contains(["analytics", "marts"], v.dataset)
  ]...)

  # Table functions likewise.
  authorized_functions = merge([
    for id, f in local.functions : {
      for source in setsubtract(f.reads, [f.dataset]) : "${id} reads ${source}" => { function = f, source = source }
    }
  ]...)

  # Each grant, for every table of its dataset. A grant to read is for its views too.
  table_grants = merge([
    for name, g in var.grants : merge(
      { for id, t in local.tables : "${name}:${id}" => merge(g, { table = t.name }) if t.dataset == g.dataset },
      { for id, v in local.views : "${name}:${id}" => merge(g, { table = v.name }) if v.dataset == g.dataset && g.role == "roles/bigquery.dataViewer" },
    )
  ]...)
}

resource "google_bigquery_dataset" "dataset" {
  for_each = local.datasets

  project                    = var.project_id
  dataset_id                 = "${var.prefix}${each.key}"
  description                = each.value
  location                   = var.location
  labels                     = var.labels
  delete_contents_on_destroy = !var.deletion_protection

  dynamic "default_encryption_configuration" {
    for_each = var.kms_key == null ? [] : [var.kms_key]
    content {
      kms_key_name = default_encryption_configuration.value
    }
  }
}

resource "google_bigquery_table" "table" {
  for_each = local.tables

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  table_id            = each.value.name
  description         = each.value.description
  labels              = var.labels
  clustering          = each.value.clustering
  schema              = jsonencode(each.value.schema)
  deletion_protection = var.deletion_protection

  time_partitioning {
    type  = each.value.time_partitioning.type
    field = each.value.time_partitioning.field
  }
}

resource "google_bigquery_table" "view" {
  for_each = local.views

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  table_id            = each.value.name
  description         = each.value.description
  labels              = var.labels
  deletion_protection = false # it holds nothing

  view {
    query          = trimspace(trimprefix(each.value.sql, each.value.comment))
    use_legacy_sql = false
  }

  # BigQuery checks a view against its tables when it is made.
  depends_on = [google_bigquery_table.table]
}

resource "google_bigquery_dataset_access" "view" {
  for_each = local.authorized

  project    = var.project_id
  dataset_id = google_bigquery_dataset.dataset[each.value.source].dataset_id

  view {
    project_id = var.project_id
    dataset_id = google_bigquery_dataset.dataset[each.value.view.dataset].dataset_id
    table_id   = each.value.view.name
  }

  depends_on = [google_bigquery_table.view]
}

resource "google_bigquery_routine" "function" {
  for_each = local.functions

  project         = var.project_id
  dataset_id      = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  routine_id      = each.value.name
  routine_type    = "TABLE_VALUED_FUNCTION"
  language        = "SQL"
  description     = each.value.description
  definition_body = trimspace(trimprefix(each.value.sql, each.value.comment))

  dynamic "arguments" {
    for_each = each.value.arguments

    content {
      name      = arguments.value.name
      data_type = jsonencode({ typeKind = arguments.value.type })
    }
  }

  # BigQuery checks a function against its tables when it is made.
  depends_on = [google_bigquery_table.table]
}

# Whoever may view the tables of a dataset may call its functions. The role itself shows no rows.
resource "google_bigquery_dataset_access" "caller" {
  for_each = { for name, g in var.grants : name => g if g.role == "roles/bigquery.dataViewer" && contains([for f in local.functions : f.dataset], g.dataset) }

  project       = var.project_id
  dataset_id    = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  role          = "roles/bigquery.metadataViewer"
  user_by_email = trimprefix(each.value.member, "serviceAccount:")
}

resource "google_bigquery_dataset_access" "function" {
  for_each = local.authorized_functions

  project    = var.project_id
  dataset_id = google_bigquery_dataset.dataset[each.value.source].dataset_id

  routine {
    project_id = var.project_id
    dataset_id = google_bigquery_dataset.dataset[each.value.function.dataset].dataset_id
    routine_id = google_bigquery_routine.function["${each.value.function.dataset}.${each.value.function.name}"].routine_id
  }
}

resource "google_bigquery_table_iam_member" "grant" {
  for_each = local.table_grants

  project    = var.project_id
  dataset_id = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  table_id   = each.value.table
  role       = each.value.role
  member     = each.value.member

  depends_on = [google_bigquery_table.table, google_bigquery_table.view]
}

# People read datasets: a table that comes later is theirs too.
resource "google_bigquery_dataset_iam_member" "reader" {
  for_each = {
    for pair in setproduct(["analytics", "marts"], var.readers) : "${pair[0]}:${pair[1]}" => { dataset = pair[0], member = pair[1] }
  }

  project    = var.project_id
  dataset_id = google_bigquery_dataset.dataset[each.value.dataset].dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.value.member
}
