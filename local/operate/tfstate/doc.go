// Package tfstate gives each deployment a Terraform state of its own: a workspace
// named for its project, and for its prefix where it has one, in the directory or in
// a bucket. A state that an older version of the configuration left in the default
// workspace moves there once. Nothing is planned against a state that holds another
// deployment's resources.
//
// It runs the terraform command, and changes states with its pull, push and
// workspace commands only.
package tfstate
