# The election file on its way to the functions. One that fits into their environment
# is in it. A larger one, and one with outlines beside it, is in the bucket of the
# source. The text travels as it stands: decoding YAML here would turn a date into a
# time.

locals {
  election_text = var.election_file == null ? "" : file(var.election_file)
  # The file of outlines that the election file names.
  election_outlines = try(yamldecode(local.election_text).map.outlines.file, null)
  # Cloud Run takes 32 KiB of environment in all.
  election_inline = local.election_outlines == null && length(base64encode(local.election_text)) * 3 / 4 <= 28672

  election_files = local.election_inline ? {} : merge(
    { (local.election_name) = var.election_file },
    local.election_outlines == null ? {} : { (local.election_outlines) = "${dirname(var.election_file)}/${local.election_outlines}" },
  )
  election_name = "election.yaml"
  # Another content is another object, and only that deploys the functions anew.
  election_folder = "elections/${substr(sha256(join(" ", [for name, path in local.election_files : "${name} ${filesha256(path)}"])), 0, 20)}"
}

resource "google_storage_bucket_object" "election" {
  for_each = local.election_files

  bucket = google_storage_bucket.source.name
  name   = "${local.election_folder}/${each.key}"
  source = each.value
  # The files before stay in the bucket, for instances that began with them.
  deletion_policy = "ABANDON"
}
