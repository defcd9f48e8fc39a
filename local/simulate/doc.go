// Package simulate makes up an election and sends it to Kafka: voters, and their
// votes over one voting day, in the record format of existing producers
// (docs/records.md).
//
// Everything is a function of the seed and the options: who is registered where,
// who votes, for whom and when, and which records are repeated, late, damaged or by
// people who never register. The broker gives a record its partition, offset and
// timestamp. With these each record is entered in a ledger (package ledger), which
// works out the true result.
//
// The states' sizes and time zones are those of the United States; people,
// parties and how anyone votes are invented.
package simulate
