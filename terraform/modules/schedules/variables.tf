variable "project_id" {
  description = "Id of the project."
  type        = string
}

variable "region" {
  description = "Region of the jobs."
  type        = string
}

variable "prefix" {
  description = "Stands before the name of each job."
  type        = string
  default     = ""
}

variable "service_account" {
  description = "Service account that calls are made as."
  type        = string
}

variable "paused" {
  description = "Whether the jobs of the schedule rest."
  type        = bool
}

variable "jobs" {
  description = "Jobs by name: when they post what to where, and how long an answer may take."
  type = map(object({
    description      = string
    schedule         = string # unix-cron
    uri              = string
    deadline_seconds = number
    body             = string # JSON
  }))

  validation {
    condition     = alltrue([for j in var.jobs : j.deadline_seconds >= 15 && j.deadline_seconds <= 1800])
    error_message = "deadline_seconds must be from 15 to 1800, Cloud Scheduler's limits for an HTTP call."
  }
}

variable "operations" {
  description = "Jobs that a person gives a body and runs, by name: where they post, how long an answer may take, and what they post until they are given something."
  type = map(object({
    description      = string
    uri              = string
    deadline_seconds = number
    body             = string # JSON
  }))

  validation {
    condition     = alltrue([for j in var.operations : j.deadline_seconds >= 15 && j.deadline_seconds <= 1800])
    error_message = "deadline_seconds must be from 15 to 1800, Cloud Scheduler's limits for an HTTP call."
  }
}
