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
