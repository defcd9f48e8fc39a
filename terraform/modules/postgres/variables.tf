variable "project_id" {
  description = "Id of the project."
  type        = string
}

variable "region" {
  description = "Region of the instance."
  type        = string
}

variable "network" {
  description = "Network and subnetwork (names or self links) that the functions reach the instance through. Null makes one."
  type        = object({ network = string, subnetwork = string })
}

variable "accounts" {
  description = "E-mail addresses of the service accounts that log in, by the function."
  type        = map(string)
}

variable "connections" {
  description = "Connections that the functions may have at a time, all instances together."
  type        = number
}

variable "size" {
  description = "Size and settings of the instance; see var.postgres of the root, which has no defaults of its own."
  type = object({
    instance          = optional(string, "tallystream")
    version           = optional(string, "17")
    tier              = optional(string, "db-custom-2-7680")
    disk_gib          = optional(number, 20)
    disk_limit_gib    = optional(number, 200)
    max_connections   = optional(number, 200)
    high_availability = optional(bool, true)
    backup_hour       = optional(number, 3)
    retained_backups  = optional(number, 14)
    recovery_days     = optional(number, 7)
    maintenance_day   = optional(number, 7)
    maintenance_hour  = optional(number, 4)
    no_maintenance    = optional(object({ from = string, to = string }))
    peer              = optional(bool, true)
    subnet_cidr       = optional(string, "10.93.0.0/22")
    operators         = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,96}[a-z0-9]$", var.size.instance))
    error_message = "postgres.instance must be a name of lower-case letters, digits and dashes. One that was deleted can't be used again for a week."
  }

  # What shared/postgres takes.
  validation {
    condition     = contains(["15", "16", "17", "18"], var.size.version)
    error_message = "postgres.version must be 15, 16, 17 or 18."
  }

  validation {
    condition     = can(regex("^db-custom-[0-9]+-[0-9]+$", var.size.tier))
    error_message = "postgres.tier must be db-custom-VCPUS-MIB such as db-custom-2-7680: shared cores are not for a count, and larger editions have other backups."
  }

  validation {
    condition     = var.size.disk_gib >= 10 && var.size.disk_limit_gib >= var.size.disk_gib
    error_message = "postgres.disk_gib must be 10 or more, and disk_limit_gib, up to which the disk grows by itself, no less."
  }

  validation {
    condition     = var.size.max_connections >= var.connections + 20
    error_message = "postgres.max_connections is too low: the functions may have ${var.connections} connections, and 20 are for Cloud SQL and for people. Raise it, or lower functions.ingest.max_instances or concurrency."
  }

  validation {
    condition     = var.size.backup_hour >= 0 && var.size.backup_hour <= 23 && var.size.maintenance_hour >= 0 && var.size.maintenance_hour <= 23 && var.size.maintenance_day >= 1 && var.size.maintenance_day <= 7
    error_message = "postgres.backup_hour and maintenance_hour must be from 0 to 23 (UTC), maintenance_day from 1 (Monday) to 7."
  }

  # Of the edition Enterprise.
  validation {
    condition     = var.size.recovery_days >= 1 && var.size.recovery_days <= 7 && var.size.retained_backups >= var.size.recovery_days && var.size.retained_backups <= 365
    error_message = "postgres.recovery_days must be from 1 to 7, and retained_backups no less, up to 365: a recovery begins with a backup."
  }

  validation {
    condition = var.size.no_maintenance == null ? true : alltrue([
      for day in [var.size.no_maintenance.from, var.size.no_maintenance.to] : can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", day)) && can(timeadd("${day}T00:00:00Z", "0s"))
    ]) && try(timecmp("${var.size.no_maintenance.from}T00:00:00Z", "${var.size.no_maintenance.to}T00:00:00Z") < 0 && timecmp("${var.size.no_maintenance.to}T00:00:00Z", timeadd("${var.size.no_maintenance.from}T00:00:00Z", "2160h")) <= 0, false)
    error_message = "postgres.no_maintenance must have days such as {from = \"2026-10-20\", to = \"2026-11-10\"}, at most 90 of them."
  }

  validation {
    condition     = can(cidrnetmask(var.size.subnet_cidr))
    error_message = "postgres.subnet_cidr must be a range such as 10.93.0.0/22."
  }

  validation {
    condition     = alltrue([for o in var.size.operators : can(regex("^[^@ :]+@[^@ ]+$", o))])
    error_message = "Each of postgres.operators must be the e-mail address of a person's account, without user: before it."
  }
}

variable "deletion_protection" {
  description = "Whether to refuse to delete the instance."
  type        = bool
}

variable "labels" {
  description = "Labels of what can have them."
  type        = map(string)
  default     = {}
}

variable "flow_logs" {
  description = "Whether the flows of the subnetwork that is made are logged."
  type        = bool
  default     = false
}

variable "kms_key" {
  description = "Key of Cloud KMS that encrypts what is stored. Null is Google's own."
  type        = string
  default     = null
}
