// Package dbt holds the sources of the dbt project in local/dbt to the tables of
// shared/warehouse, whose words they have.
package dbt
