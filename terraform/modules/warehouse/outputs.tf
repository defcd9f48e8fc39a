output "tables" {
  description = "Ids of the tables, dataset.table."
  value       = sort(keys(google_bigquery_table.table))
}

output "views" {
  description = "Ids of the views, dataset.view."
  value       = sort(keys(google_bigquery_table.view))
}
