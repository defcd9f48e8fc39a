// Package storagewrite serves the BigQuery Storage Write API over gRPC from an
// engine: the default stream, committed, buffered and pending streams, rows in
// protocol buffers.
//
// An append is acknowledged after the engine has committed its rows. A stream's
// offset moves under the same lock, and streams live in memory: after a restart
// there are no streams, so no offset can disagree with the rows. Arrow rows and
// change data capture are refused by name.
package storagewrite
