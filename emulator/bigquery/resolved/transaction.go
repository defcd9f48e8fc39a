package resolved

// The statements of transactions.
type (
	// Begin is BEGIN TRANSACTION.
	Begin struct{}
	// Commit is COMMIT TRANSACTION.
	Commit struct{}
	// Rollback is ROLLBACK TRANSACTION.
	Rollback struct{}
)
