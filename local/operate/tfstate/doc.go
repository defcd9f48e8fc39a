// Package tfstate gives each project that is deployed to a Terraform state of its
// own: a workspace named for it, in the directory or in a bucket. A state that an
// older version of the configuration left in the default workspace moves there
// once. Nothing is planned against a state that holds another project's resources.
//
// It runs the terraform command, and changes states with its pull, push and
// workspace commands only.
package tfstate
