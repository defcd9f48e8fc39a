package resolved

// CallProcedure is CALL of a procedure.
type CallProcedure struct{ Procedure *Routine }
