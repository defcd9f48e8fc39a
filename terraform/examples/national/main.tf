# An election of 150 million voters: managed Kafka, an election file, a public
# dashboard, people who are told of alerts, and a state that a team shares.

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

variable "paused" {
  description = "Stops the schedules between elections."
  type        = bool
  default     = false
}

module "tallystream" {
  source = "../.."

  project_id        = var.project_id
  region            = "us-central1"
  bigquery_location = "US" # survives the loss of a region
  election_file     = "${path.module}/election.yaml"
  public_dashboard  = true
  alert_emails      = var.alert_emails
  paused            = var.paused

  managed_kafka = {
    vcpus      = 12
    memory_gib = 48
    partitions = 24
  }

  functions = {
    # 24 partitions in four shards: a drain that fails leaves the others alone.
    bridge = {
      shards    = 4
      linger_ms = 1000 # fuller messages: each is a call of ingest
    }
    ingest = {
      max_instances = 50
    }
    # A pass, a step and a look of the dashboard each look through the keys of all
    # voters, which is most of the cost: docs/cost.md says what other intervals cost.
    aggregate = {
      pass_interval_seconds = 900
      step_interval_seconds = 300
    }
    # Each instance looks by itself, so that another one costs as much again. One answers
    # 20,000 requests a second, and a CDN in front of it most others.
    dashboard = {
      min_instances   = 1
      max_instances   = 1
      refresh_seconds = 60
      max_age_seconds = 600
    }
  }

  alerts = {
    lag_records = 1000000
  }
}

output "brokers" {
  description = "Where producers send records, from within the network."
  value       = module.tallystream.brokers
}

output "dashboard_url" {
  description = "The public page."
  value       = module.tallystream.dashboard_url
}

output "operations_dashboard" {
  description = "The page that operators look at."
  value       = module.tallystream.operations_dashboard
}
