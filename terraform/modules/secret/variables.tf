variable "project_id" {
  description = "Id of the project."
  type        = string
}

variable "region" {
  description = "Region that keeps the secret, where kms_key is given."
  type        = string
}

variable "secret_id" {
  description = "Name of the secret."
  type        = string
}

variable "deletion_protection" {
  description = "Whether to refuse to delete the secret."
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
