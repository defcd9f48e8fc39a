terraform {
  # 1.11 has write-only arguments, which keep secrets out of the state.
  required_version = ">= 1.11"

  required_providers {
    google = {
      source = "hashicorp/google"
      # 7.33 brought deletion_policy to every resource that holds data.
      version = "~> 7.33"
    }
  }
}
