# A small election: a Kafka that exists, an open ballot, and defaults.

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
  description = "Id of the Google Cloud project."
  type        = string
}

variable "brokers" {
  description = "Addresses of the Kafka brokers, each host:port."
  type        = list(string)
}

module "tallystream" {
  source = "../.."

  project_id = var.project_id
  brokers    = var.brokers
}

output "open_dashboard" {
  description = "How to look at the count."
  value       = module.tallystream.open_dashboard
}

output "logs" {
  description = "Commands that show what each function did."
  value       = module.tallystream.logs
}
