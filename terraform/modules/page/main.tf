# The page at a domain of one's own: a load balancer with a certificate, a cache that
# answers nearly all readers, and a limit to what one reader may ask.

locals {
  name = "${var.name}-page"
}

resource "google_compute_global_address" "page" {
  project = var.project_id
  name    = local.name
  labels  = var.labels
}

# The certificate is made once the domain leads to the address, which takes up to an hour.
resource "google_compute_managed_ssl_certificate" "page" {
  project = var.project_id
  name    = "${local.name}-${substr(sha256(var.domain), 0, 8)}"

  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true # another domain is another certificate
  }
}

resource "google_compute_region_network_endpoint_group" "page" {
  project               = var.project_id
  region                = var.region
  name                  = local.name
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = var.service
  }
}

resource "google_compute_backend_service" "page" {
  project               = var.project_id
  name                  = local.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.page.id
  enable_cdn            = var.cdn
  # The page is compressed by the dashboard, once for all readers.
  compression_mode = "DISABLED"

  backend {
    group = google_compute_region_network_endpoint_group.page.id
  }

  # Every answer of the dashboard says for how long it may be kept.
  dynamic "cdn_policy" {
    for_each = var.cdn ? [1] : []
    content {
      cache_mode = "USE_ORIGIN_HEADERS"

      cache_key_policy {
        include_host         = true
        include_protocol     = true
        include_query_string = true
      }
    }
  }

  log_config {
    enable      = true
    sample_rate = var.log_sample
  }
}

# What the cache answers isn't counted: the policy stands behind it.
resource "google_compute_security_policy" "page" {
  project     = var.project_id
  name        = local.name
  description = "Limits what one address may ask of the dashboard."

  rule {
    priority    = 1000
    action      = "throttle"
    description = "${var.requests_per_minute} requests a minute for each address."

    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }

  rule {
    priority    = 2147483647
    action      = "allow"
    description = "Everybody else."

    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_url_map" "page" {
  project         = var.project_id
  name            = local.name
  default_service = google_compute_backend_service.page.id
}

resource "google_compute_ssl_policy" "page" {
  project         = var.project_id
  name            = local.name
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "page" {
  project          = var.project_id
  name             = local.name
  url_map          = google_compute_url_map.page.id
  ssl_certificates = [google_compute_managed_ssl_certificate.page.id]
  ssl_policy       = google_compute_ssl_policy.page.id
}

resource "google_compute_global_forwarding_rule" "page" {
  project               = var.project_id
  name                  = local.name
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.page.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.page.id
  labels                = var.labels
}

# Who types the domain alone is led to https.
resource "google_compute_url_map" "redirect" {
  project = var.project_id
  name    = "${local.name}-redirect"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_target_http_proxy" "redirect" {
  project = var.project_id
  name    = "${local.name}-redirect"
  url_map = google_compute_url_map.redirect.id
}

resource "google_compute_global_forwarding_rule" "redirect" {
  project               = var.project_id
  name                  = "${local.name}-redirect"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.page.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect.id
  labels                = var.labels
}
