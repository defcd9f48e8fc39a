# The page at a domain of one's own.

mock_provider "google" {}

variables {
  project_id       = "springfield-votes"
  brokers          = ["kafka.example.org:9092"]
  own_state        = true
  archive          = "tests/archives/first.zip"
  public_dashboard = true
}

run "no_domain" {
  command = plan
  assert {
    condition     = length(module.page) == 0 && output.page_address == null
    error_message = "A load balancer that nobody asked for."
  }
}

run "a_domain" {
  command = plan
  variables {
    page = { domain = "votes.example.org" }
  }
  assert {
    condition     = output.dashboard_url == "https://votes.example.org"
    error_message = "The page's address isn't its domain: ${output.dashboard_url}"
  }
  assert {
    condition     = contains(keys(google_project_service.service), "compute")
    error_message = "Compute Engine's service isn't enabled."
  }
}

run "the_load_balancer" {
  command = plan
  module {
    source = "./modules/page"
  }
  variables {
    region              = "us-central1"
    service             = "dashboard"
    domain              = "votes.example.org"
    cdn                 = true
    requests_per_minute = 600
    log_sample          = 0.01
  }
  assert {
    condition     = google_compute_backend_service.page.enable_cdn && google_compute_backend_service.page.cdn_policy[0].cache_mode == "USE_ORIGIN_HEADERS"
    error_message = "The cache keeps answers for another time than they say."
  }
  assert {
    condition = anytrue([
      for r in google_compute_security_policy.page.rule : try(r.rate_limit_options[0].rate_limit_threshold[0].count, 0) == 600 if r.action == "throttle"
    ])
    error_message = "An address may ask for more than was said."
  }
  assert {
    condition     = google_compute_url_map.redirect.default_url_redirect[0].https_redirect
    error_message = "Who types the domain alone isn't led to https."
  }
}

run "a_domain_of_a_private_page" {
  command = plan
  variables {
    public_dashboard = false
    page             = { domain = "votes.example.org" }
  }
  expect_failures = [var.page]
}

run "an_address_for_a_domain" {
  command = plan
  variables {
    page = { domain = "https://votes.example.org/" }
  }
  expect_failures = [var.page]
}
