// Package deadletter lets people deal with messages that ingest couldn't take:
// see what they hold, put a record right or leave it out, and publish them again.
//
// Everything may be done twice. A message leaves the dead letters only after what
// it holds is published or stored; published again, its records have the same
// identities, and count once.
//
// What it shows hides who voted: see [Masked].
package deadletter
