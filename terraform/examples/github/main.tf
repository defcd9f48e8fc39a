# Lets a GitHub workflow deploy without a key: GitHub says which repository and branch a
# job is of, Google Cloud believes it, and the job acts as an account of the project for an
# hour. Apply it once by hand; deploy.yml beside it is the workflow.

terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.33"
    }
  }
}

variable "project_id" {
  description = "Id of the Google Cloud project that is deployed to."
  type        = string
}

variable "repository" {
  description = "The GitHub repository whose workflow may deploy, OWNER/NAME."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "repository must be OWNER/NAME, such as springfield/votes."
  }
}

variable "branch" {
  description = "The branch whose jobs may deploy."
  type        = string
  default     = "main"
}

variable "state_bucket" {
  description = "Bucket of the Terraform state, without gs://. The workflow has no machine of its own to keep it on."
  type        = string
}

resource "google_project_service" "service" {
  for_each = toset(["iamcredentials.googleapis.com", "sts.googleapis.com"])

  project            = var.project_id
  service            = each.key
  disable_on_destroy = false
}

resource "google_iam_workload_identity_pool" "github" {
  project                   = var.project_id
  workload_identity_pool_id = "github"
  display_name              = "GitHub"

  depends_on = [google_project_service.service]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  project                            = var.project_id
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub Actions"

  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
    "attribute.ref"        = "assertion.ref"
  }

  # A job of another repository or branch, or of a pull request, gets no token at all.
  attribute_condition = "assertion.repository == '${var.repository}' && assertion.ref == 'refs/heads/${var.branch}'"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "deployer" {
  project      = var.project_id
  account_id   = "tallystream-deployer"
  display_name = "Tallystream: deploys from GitHub"
}

resource "google_service_account_iam_member" "deployer" {
  service_account_id = google_service_account.deployer.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github.name}/attribute.repository/${var.repository}"
}

# What docs/deploy.md asks of whoever deploys.
resource "google_project_iam_member" "deployer" {
  for_each = toset([
    "artifactregistry.admin", "bigquery.admin", "cloudfunctions.admin", "cloudscheduler.admin",
    "iam.roleAdmin", "iam.serviceAccountAdmin", "iam.serviceAccountUser", "logging.configWriter",
    "monitoring.admin", "pubsub.admin", "resourcemanager.projectIamAdmin", "run.admin",
    "secretmanager.admin", "serviceusage.serviceUsageAdmin", "storage.admin",
  ])

  project = var.project_id
  role    = "roles/${each.key}"
  member  = google_service_account.deployer.member
}

output "variables" {
  description = "Variables to set in the repository's settings, for deploy.yml."
  value = {
    GCP_PROJECT           = var.project_id
    GCP_IDENTITY_PROVIDER = google_iam_workload_identity_pool_provider.github.name
    GCP_SERVICE_ACCOUNT   = google_service_account.deployer.email
    TERRAFORM_STATE       = "gs://${var.state_bucket}"
  }
}
