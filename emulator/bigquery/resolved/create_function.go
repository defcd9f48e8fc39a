package resolved

// CreateFunction is CREATE TEMP FUNCTION.
type CreateFunction struct{ Function *Function }
