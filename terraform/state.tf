# Whose state this is. Two deployments in one state would be one deployment to
# Terraform: planning the second would replace all of the first.

locals {
  # Its workspace has this name too. No project's id has a period.
  deployment = join(".", compact([var.project_id, var.name_prefix]))
}

# Records the deployment when the state begins, and never changes: the plan is refused
# where another one is named later. Everything waits for it, so that no state lacks it.
resource "terraform_data" "state" {
  input = local.deployment

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.input == local.deployment
      error_message = "This state is that of ${self.input}, and project_id and name_prefix are those of ${local.deployment}: nothing is planned. Name what the state is of, or select the other's state: make deploy PROJECT=${var.project_id}${var.name_prefix == "" ? "" : " PREFIX=${var.name_prefix}"} does."
    }
  }
}
