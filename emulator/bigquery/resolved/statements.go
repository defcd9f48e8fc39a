package resolved

// Statement is a statement: a *Query, an *Insert, …, a *DDL, or what stands in the file
// of its name.
type Statement interface{}

// Other is a statement that the emulator doesn't know.
type Other struct{ Name string }

// Extras are clauses of DML that BigQuery lacks.
type Extras struct{ AssertRows, Returning bool }
