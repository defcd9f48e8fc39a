output "tables" {
  description = "Ids of the tables, dataset.table."
  value       = sort([for t in google_bigquery_table.table : "${t.dataset_id}.${t.table_id}"])
}

output "views" {
  description = "Ids of the views, dataset.view."
  value       = sort([for v in google_bigquery_table.view : "${v.dataset_id}.${v.table_id}"])
}
