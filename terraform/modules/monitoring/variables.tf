variable "project_id" {
  description = "Id of the project."
  type        = string
}

variable "region" {
  description = "Region of the functions."
  type        = string
}

variable "services" {
  description = "Name of the Cloud Run service of each function."
  type        = map(string)
}

variable "subscription" {
  description = "Name of the subscription that pushes to ingest."
  type        = string
}

variable "dead_letter_subscription" {
  description = "Name of the subscription that holds the dead letters."
  type        = string
}

variable "database" {
  description = "The Cloud SQL instance to watch: its id as metrics have it, PROJECT:INSTANCE, and its limits. Null is none."
  type = object({
    id                = string
    max_connections   = number
    disk_limit_gib    = number
    high_availability = bool
  })
  default = null
}

variable "emails" {
  description = "Who is told of an alert."
  type        = list(string)
}

variable "channels" {
  description = "Notification channels that exist, of any kind: projects/P/notificationChannels/ID."
  type        = list(string)
  default     = []
}

variable "page_watched" {
  description = "Whether the page is looked at from outside: where everybody may reach it."
  type        = bool
  default     = false
}

variable "page_host" {
  description = "Host at which everybody reaches the page, without https://."
  type        = string
  default     = ""
}

variable "alerts" {
  description = "From where on alerts fire; see the variable of this name in the root."
  type = object({
    stalled_minutes = number
    lag_records     = number
    rejected_share  = number
    errors          = number
    page_errors     = number
    availability    = number
  })
}

variable "enabled" {
  description = "Whether alerts fire."
  type        = bool
}

variable "playbooks_url" {
  description = "Address of the directory with the playbooks."
  type        = string
}

variable "name" {
  description = "What names begin with that are one deployment's."
  type        = string
  default     = "tallystream"
}

variable "title" {
  description = "What titles begin with, which people read."
  type        = string
  default     = "Tallystream"
}

variable "labels" {
  description = "Labels of what can have them."
  type        = map(string)
  default     = {}
}
