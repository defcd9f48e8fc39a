// Package ledger holds the true result of a simulated election, worked out
// independently of the stages that count it.
//
// Whoever produces the records enters what each one is, with the topic, partition
// and offset that the broker gave it (Ledger.Add…). From these entries the ledger
// works out the rows that every core and analytics table must hold (Tables), in plain
// Go: no windows that are corrected, no passes, no state. Compare reads the tables
// and says where they differ.
//
// It shares no code with the functions and none with their SQL: an error in shared
// code would go unseen. It doesn't validate records: the entry says whether one is
// valid.
package ledger
