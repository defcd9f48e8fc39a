# The names of a deployment's resources. Several deployments live in one project if each has a
# prefix. Without a prefix the names are plain.

locals {
  prefix = var.name_prefix == "" ? "" : "${var.name_prefix}-"
  name   = "${local.prefix}tallystream"

  # Where names take no dashes: datasets, roles of the project's own.
  id_prefix = replace(local.prefix, "-", "_")

  # What people read.
  title = var.name_prefix == "" ? "Tallystream" : "Tallystream ${var.name_prefix}"
}
