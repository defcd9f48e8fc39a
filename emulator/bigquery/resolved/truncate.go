package resolved

// Truncate is TRUNCATE TABLE.
type Truncate struct {
	Target    *Table
	Condition bool
}
