variable "project_id" {
  description = "Id of the project."
  type        = string
}

variable "region" {
  description = "Region of the dashboard."
  type        = string
}

variable "name" {
  description = "What names begin with that are one deployment's."
  type        = string
  default     = "tallystream"
}

variable "service" {
  description = "Name of the dashboard's Cloud Run service."
  type        = string
}

variable "domain" {
  description = "Domain of the page."
  type        = string
}

variable "cdn" {
  description = "Whether Cloud CDN answers what it has."
  type        = bool
}

variable "requests_per_minute" {
  description = "Requests a minute that one address may make of the dashboard."
  type        = number
}

variable "log_sample" {
  description = "Share of the requests that are logged, from 0 to 1."
  type        = number
}

variable "labels" {
  description = "Labels of what can have them."
  type        = map(string)
  default     = {}
}
