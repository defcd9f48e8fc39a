# A Cloud Run function with a service account of its own, the secrets it reads,
# and those who may call it. What it may do with tables and topics is granted
# where these are made.

resource "google_service_account" "function" {
  project      = var.project_id
  account_id   = var.account_id
  display_name = var.account_title
}

resource "google_cloudfunctions2_function" "function" {
  project     = var.project_id
  location    = var.region
  name        = var.name
  description = var.description
  labels      = var.labels
  # The archive, the image and the service.
  kms_key_name = var.kms_key

  build_config {
    runtime           = var.runtime
    entry_point       = var.entry_point # one archive holds all functions
    service_account   = var.build_service_account
    docker_repository = var.docker_repository

    source {
      storage_source {
        bucket = var.source_bucket
        object = var.source_object
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.function.email
    available_cpu                    = var.cpu
    available_memory                 = "${var.memory_mib}Mi"
    timeout_seconds                  = var.timeout_seconds
    max_instance_request_concurrency = var.concurrency
    min_instance_count               = var.min_instances
    max_instance_count               = var.max_instances
    ingress_settings                 = var.ingress
    direct_vpc_egress                = var.vpc == null ? null : "VPC_EGRESS_PRIVATE_RANGES_ONLY"

    # To the functions an empty variable is the same as none. The service drops it, and
    # each later plan would add it again.
    environment_variables = merge(
      { for name, value in var.environment : name => value if value != null && value != "" },
      # Go collects garbage in time to stay below the memory that it has.
      { GOMEMLIMIT = "${floor(var.memory_mib * 0.8)}MiB" },
    )

    dynamic "secret_environment_variables" {
      for_each = var.secrets
      iterator = secret
      content {
        key        = secret.key
        project_id = var.project_id
        secret     = secret.value.secret_id
        version    = secret.value.version
      }
    }

    dynamic "direct_vpc_network_interface" {
      for_each = var.vpc == null ? [] : [var.vpc]
      iterator = vpc
      content {
        network    = vpc.value.network
        subnetwork = vpc.value.subnetwork
      }
    }
  }

  # A function that can't read its secrets doesn't deploy, nor one that can't read its election.
  depends_on = [google_secret_manager_secret_iam_member.secret, google_storage_bucket_iam_member.election]
}

resource "google_storage_bucket_iam_member" "election" {
  count = var.reads_election ? 1 : 0

  bucket = var.source_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.function.member

  condition {
    title      = "Election files"
    expression = "resource.name.startsWith(\"projects/_/buckets/${var.source_bucket}/objects/elections/\")"
  }
}

resource "google_secret_manager_secret_iam_member" "secret" {
  for_each = var.secrets

  project   = var.project_id
  secret_id = each.value.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function.member
}

# A function is called through the Cloud Run service that runs it and has its
# name.
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = var.public ? merge(var.invokers, { everybody = "allUsers" }) : var.invokers

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.function.name
  role     = "roles/run.invoker"
  member   = each.value
}
