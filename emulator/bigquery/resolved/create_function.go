package resolved

// CreateFunction is CREATE TEMP FUNCTION with a body in SQL.
type CreateFunction struct{ Function *Function }
