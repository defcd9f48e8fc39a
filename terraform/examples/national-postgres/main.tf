# An election of 150 million voters on PostgreSQL: managed Kafka, and a Cloud SQL instance
# with a standby that isn't maintained around the day.

terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.33"
    }
  }

  # terraform init -backend-config=bucket=NAME -backend-config=prefix=tallystream
  backend "gcs" {}
}

variable "project_id" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "alert_emails" {
  description = "Who is told when an alert fires."
  type        = list(string)
}

module "tallystream" {
  source = "../.."

  project_id       = var.project_id
  region           = "us-central1"
  warehouse        = "postgres"
  election_file    = "${path.module}/../national/election.yaml"
  public_dashboard = true
  alert_emails     = var.alert_emails

  managed_kafka = {
    vcpus      = 12
    memory_gib = 48
    partitions = 24
  }

  postgres = {
    tier            = "db-custom-16-65536"
    disk_gib        = 500
    disk_limit_gib  = 1000
    max_connections = 500
    no_maintenance  = { from = "2026-10-20", to = "2026-11-20" }
  }

  functions = {
    bridge = {
      shards    = 4
      linger_ms = 100 # fuller messages: each is a call of ingest
    }
    ingest = {
      max_instances = 50
    }
    # Looks and passes cost nothing here: they are as frequent as for a small election.
    dashboard = {
      min_instances = 1
      max_instances = 2
    }
  }

  alerts = {
    lag_records = 1000000
  }
}

output "dashboard_url" {
  description = "The public page."
  value       = module.tallystream.dashboard_url
}

output "database_proxy" {
  description = "How an operator reaches the database."
  value       = module.tallystream.database_proxy
}

output "role_grants" {
  description = "What to run once the roles have been made."
  value       = module.tallystream.role_grants
}
