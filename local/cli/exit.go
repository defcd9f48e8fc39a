package cli

// Exit statuses.
const (
	ExitOK         = 0
	ExitFailed     = 1 // of verify: something differs
	ExitUsage      = 2 // a mistake in the command line
	ExitNotAudited = 3 // of verify: a part couldn't be read, and no difference was found in the rest
)
