# Whose state this is. Two projects in one state would be one deployment to
# Terraform: planning the second would replace all of the first.

# Records the project when the state begins, and never changes: the plan is refused
# where another project is named later.
resource "terraform_data" "state" {
  input = var.project_id

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.input == var.project_id
      error_message = "This state is that of project ${self.input}, and project_id is ${var.project_id}: nothing is planned. Name the project that the state is of, or select the state of the other: make deploy PROJECT=${var.project_id} does."
    }
  }
}
