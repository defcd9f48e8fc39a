package drain

// The jobs of Cloud Scheduler by which a person calls a stage of a deployment. The
// stages take calls of the project's own services only: whoever wants one puts its body
// into the job, and runs the job. Terraform makes them.
const (
	RebuildJob  = "rebuild"  // calls the aggregate
	BackfillJob = "backfill" // calls the bridge
)
