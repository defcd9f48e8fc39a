# Where Kafka is: a cluster that Google runs for us, or brokers that exist.

locals {
  kafka_managed      = var.managed_kafka != null
  kafka_has_password = contains(["plain", "scram-sha-256", "scram-sha-512"], var.kafka.sasl_mechanism) || var.kafka.oauth_token_url != null
  kafka_has_key      = var.kafka.client_certificate != null

  # The managed service takes TLS and the bridge's own identity.
  brokers         = local.kafka_managed ? [module.kafka[0].bootstrap_address] : var.brokers
  kafka_tls       = local.kafka_managed || var.kafka.tls
  kafka_mechanism = local.kafka_managed ? "oauthbearer" : var.kafka.sasl_mechanism
  bridge_network  = local.kafka_managed ? module.kafka[0].network : var.network
}

module "kafka" {
  source = "./modules/kafka"
  count  = local.kafka_managed ? 1 : 0

  project_id          = var.project_id
  region              = var.region
  name                = local.name
  labels              = local.labels
  kms_key             = var.kms_key
  flow_logs           = var.flow_logs
  vcpus               = var.managed_kafka.vcpus
  memory_gib          = var.managed_kafka.memory_gib
  subnet_cidr         = var.managed_kafka.subnet_cidr
  partitions          = var.managed_kafka.partitions
  topics              = toset([var.kafka.voters_topic, var.kafka.votes_topic])
  deletion_protection = var.deletion_protection

  depends_on = [google_project_service.service]
}

# The role that connects can be granted on the project only.
resource "google_project_iam_member" "kafka_client" {
  count = local.kafka_managed ? 1 : 0

  project = var.project_id
  role    = "roles/managedkafka.client"
  member  = module.function["bridge"].member
}
