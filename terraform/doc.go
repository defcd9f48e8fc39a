// Package terraform holds the tests of the Terraform configuration beside it:
// of what a schema can't know, that it fits the functions, the tables and the
// log lines it speaks of.
package terraform
