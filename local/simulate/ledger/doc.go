// Package ledger holds the true result of a simulated election, worked out
// independently of the stages that count it.
//
// Whoever makes the records enters what each one is, together with the place
// that the broker gave it (Ledger.Add…). From these entries the ledger works
// out the rows that every core and analytics table must hold (Tables), in
// plain Go and by the shortest way: no windows that are corrected, no passes,
// no state. Compare reads the tables and says where they differ.
//
// It shares no code with the functions and none with their SQL: an error made
// in both places would go unseen. It isn't a second implementation of the
// validation either: it believes what the maker of a record says about it.
package ledger
