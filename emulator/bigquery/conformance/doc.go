// Package conformance scores the SQL engine against answers that BigQuery
// itself gave. The cases lie outside of the repository and are read in place;
// the package holds only the test that runs them.
package conformance
