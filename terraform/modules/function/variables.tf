variable "project_id" {
  description = "Id of the project."
  type        = string
}

variable "region" {
  description = "Region of the function."
  type        = string
}

variable "name" {
  description = "Name of the function, and of the Cloud Run service that runs it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,47}[a-z0-9]$", var.name))
    error_message = "name must have 2 to 49 lower-case letters, digits and dashes, and begin with a letter."
  }
}

variable "entry_point" {
  description = "What the archive calls the function."
  type        = string
}

variable "account_id" {
  description = "Id of the function's service account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.account_id))
    error_message = "account_id must have 6 to 30 lower-case letters, digits and dashes, and begin with a letter."
  }
}

variable "account_title" {
  description = "What people read of the service account."
  type        = string
}

variable "description" {
  description = "What the function does."
  type        = string
}

variable "runtime" {
  description = "Go runtime, such as go126."
  type        = string
}

variable "source_bucket" {
  description = "Bucket of the archive."
  type        = string
}

variable "reads_election" {
  description = "Whether the function reads an election file, from the folder elections of the archive's bucket."
  type        = bool
}

variable "source_object" {
  description = "Name of the archive, which must change with its content."
  type        = string
}

variable "docker_repository" {
  description = "Artifact Registry repository for the image: projects/P/locations/L/repositories/R."
  type        = string
}

variable "build_service_account" {
  description = "Account that builds: projects/P/serviceAccounts/EMAIL."
  type        = string
}

variable "cpu" {
  description = "vCPUs of an instance. Fewer than 1 only with a concurrency of 1."
  type        = string
}

variable "memory_mib" {
  description = "Memory of an instance in MiB; GOMEMLIMIT is 80 % of it."
  type        = number
}

variable "concurrency" {
  description = "Requests that an instance takes at a time."
  type        = number

  validation {
    condition     = var.concurrency >= 1 && var.concurrency <= 1000
    error_message = "concurrency must be from 1 to 1000."
  }
}

variable "min_instances" {
  description = "Instances that are kept ready."
  type        = number
}

variable "max_instances" {
  description = "Most instances at a time."
  type        = number

  validation {
    condition     = var.max_instances >= 1 && var.max_instances >= var.min_instances
    error_message = "max_instances must be 1 or more, and no less than min_instances."
  }
}

variable "timeout_seconds" {
  description = "Longest time for a request."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 3600
    error_message = "timeout_seconds must be from 1 to 3600, an HTTP function's longest time."
  }
}

variable "ingress" {
  description = "From where the function is reached at all: ALLOW_INTERNAL_ONLY (services of the project: Cloud Scheduler, Pub/Sub), ALLOW_INTERNAL_AND_GCLB (a load balancer as well), ALLOW_ALL."
  type        = string

  validation {
    condition     = contains(["ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB", "ALLOW_ALL"], var.ingress)
    error_message = "ingress must be ALLOW_INTERNAL_ONLY, ALLOW_INTERNAL_AND_GCLB or ALLOW_ALL."
  }
}

variable "public" {
  description = "Whether everybody may call the function."
  type        = bool
}

variable "invokers" {
  description = "Who may call the function: IAM members by a name of our own."
  type        = map(string)
}

variable "vpc" {
  description = "Network through which private addresses are reached, or null."
  type        = object({ network = string, subnetwork = string })
  default     = null
}

variable "environment" {
  description = "Environment variables. Those without a value are left out."
  type        = map(string)
}

variable "secrets" {
  description = "Secrets by the environment variable that holds them."
  type        = map(object({ secret_id = string, version = string }))
}

variable "labels" {
  description = "Labels of what can have them."
  type        = map(string)
  default     = {}
}

variable "kms_key" {
  description = "Key of Cloud KMS that encrypts what is stored. Null is Google's own."
  type        = string
  default     = null
}
