variable "project_id" {
  description = "Id of the project."
  type        = string
}

variable "project_number" {
  description = "Number of the project: Pub/Sub's own account is named after it."
  type        = number
}

variable "topic" {
  description = "Name of the topic; the subscriptions and the dead-letter topic are named after it."
  type        = string
}

variable "publisher" {
  description = "Who publishes, as IAM names it."
  type        = string
}

variable "push_endpoint" {
  description = "Where messages are pushed to, also the audience of the token."
  type        = string
}

variable "push_account" {
  description = "Service account that pushes are made as."
  type        = string
}

variable "deletion_protection" {
  description = "Whether to refuse to delete messages: the subscriptions that hold them."
  type        = bool
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
