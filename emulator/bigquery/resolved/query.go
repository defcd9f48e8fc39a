package resolved

// Query is a SELECT.
type Query struct {
	Scan       Scan
	Columns    []OutputColumn
	ValueTable bool // SELECT AS STRUCT, SELECT AS VALUE
}

// OutputColumn is a column of a query's result; its name may be empty or begin with a
// dollar sign for one that the statement doesn't name.
type OutputColumn struct {
	Name   string
	Column *Column
}
