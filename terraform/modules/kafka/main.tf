# A Kafka cluster of Google's Managed Service, its topics, and a network in which
# the bridge reaches it: brokers have private addresses only.

resource "google_compute_network" "kafka" {
  project                 = var.project_id
  name                    = "tallystream"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "kafka" {
  project       = var.project_id
  region        = var.region
  name          = "tallystream"
  network       = google_compute_network.kafka.id
  ip_cidr_range = var.subnet_cidr
  # Google's own services are reached without leaving it.
  private_ip_google_access = true

  # A sample of half of the flows, each over ten minutes.
  dynamic "log_config" {
    for_each = var.flow_logs ? [1] : []
    content {
      aggregation_interval = "INTERVAL_10_MIN"
      flow_sampling        = 0.5
      metadata             = "INCLUDE_ALL_METADATA"
    }
  }
}

resource "google_managed_kafka_cluster" "kafka" {
  project         = var.project_id
  location        = var.region
  cluster_id      = "tallystream"
  labels          = var.labels
  deletion_policy = var.deletion_protection ? "PREVENT" : "DELETE"

  capacity_config {
    vcpu_count   = tostring(var.vcpus)
    memory_bytes = tostring(var.memory_gib * 1073741824)
  }

  gcp_config {
    kms_key = var.kms_key

    access_config {
      network_configs {
        subnet = google_compute_subnetwork.kafka.id
      }
    }
  }

  rebalance_config {
    mode = "AUTO_REBALANCE_ON_SCALE_UP"
  }
}

resource "google_managed_kafka_topic" "topic" {
  for_each = var.topics

  project            = var.project_id
  location           = var.region
  cluster            = google_managed_kafka_cluster.kafka.cluster_id
  topic_id           = each.key
  partition_count    = var.partitions
  replication_factor = 3
  deletion_policy    = var.deletion_protection ? "PREVENT" : "DELETE"

  configs = {
    "cleanup.policy"      = "delete"
    "min.insync.replicas" = "2"          # a vote is acknowledged by two brokers
    "retention.ms"        = "7776000000" # 90 days: to be able to count again
  }
}
