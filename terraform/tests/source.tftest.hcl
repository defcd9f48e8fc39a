# What is deployed follows from the source's content alone.

mock_provider "google" {}

variables {
  project_id = "springfield-votes"
  brokers    = ["kafka.example.org:9092"]
  own_state  = true
}

run "first_content" {
  command = plan
  variables {
    archive = "tests/archives/first.zip"
  }
  assert {
    condition     = google_storage_bucket_object.source.name == "tallystream-${substr(filesha256("tests/archives/first.zip"), 0, 20)}.zip"
    error_message = "The object's name doesn't carry the content's hash: ${google_storage_bucket_object.source.name}."
  }
}

run "other_content" {
  command = plan
  variables {
    archive = "tests/archives/second.zip"
  }
  assert {
    condition     = google_storage_bucket_object.source.name != run.first_content.source_object_name
    error_message = "Other content has the same object name: nothing would be deployed."
  }
}

run "same_content_elsewhere" {
  command = plan
  variables {
    archive = "tests/archives/first-copy.zip"
  }
  assert {
    condition     = google_storage_bucket_object.source.name == run.first_content.source_object_name
    error_message = "The same content at another path has another name: everything would be deployed again."
  }
}

run "no_archive" {
  command = plan
  variables {
    archive = "tests/archives/missing.zip"
  }
  expect_failures = [google_storage_bucket_object.source]
}
