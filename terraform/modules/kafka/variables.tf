variable "project_id" {
  description = "Id of the project."
  type        = string
}

variable "region" {
  description = "Region of the cluster."
  type        = string
}

variable "vcpus" {
  description = "vCPUs of the cluster."
  type        = number
}

variable "memory_gib" {
  description = "Memory of the cluster in GiB."
  type        = number
}

variable "subnet_cidr" {
  description = "Addresses of the subnetwork."
  type        = string
}

variable "topics" {
  description = "Topics to create."
  type        = set(string)
}

variable "partitions" {
  description = "Partitions of each topic. It can only grow."
  type        = number
}

variable "deletion_protection" {
  description = "Whether to refuse to delete the cluster and its topics."
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
