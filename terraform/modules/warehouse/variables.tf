variable "project_id" {
  description = "Id of the project."
  type        = string
}

variable "location" {
  description = "Where the datasets are: a region, US or EU."
  type        = string
}

variable "definitions" {
  description = "Directory with tables/DATASET/TABLE.json, views/DATASET/VIEW.sql and functions/DATASET/FUNCTION.json and .sql."
  type        = string
}

variable "deletion_protection" {
  description = "Whether to refuse to delete tables, and datasets that aren't empty."
  type        = bool
}

variable "grants" {
  description = "Who has which role on every table of a dataset, by a name of our own. A viewer has it on the dataset's views too."
  type = map(object({
    dataset = string
    role    = string
    member  = string
  }))

  validation {
    condition     = alltrue([for g in var.grants : contains(["roles/bigquery.dataViewer", "roles/bigquery.dataEditor"], g.role) || can(regex("^projects/[^/]+/roles/[^/]+$", g.role))])
    error_message = "A grant on tables is roles/bigquery.dataViewer, roles/bigquery.dataEditor or a role of the project's own."
  }
}

variable "readers" {
  description = "IAM members who may read every table and view of analytics and marts."
  type        = list(string)
  default     = []
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
