# What everything is called that is one deployment's. Several of them live in one project, each
# with a prefix of its own; without one the names are those of ever.

locals {
  prefix = var.name_prefix == "" ? "" : "${var.name_prefix}-"
  name   = "${local.prefix}tallystream"

  # Where names take no dashes: datasets, roles of the project's own.
  id_prefix = replace(local.prefix, "-", "_")

  # What people read.
  title = var.name_prefix == "" ? "Tallystream" : "Tallystream ${var.name_prefix}"
}
