// Package deadletter shows, mends and publishes again the messages that ingest
// couldn't take.
//
// Every operation may be repeated. A message leaves the dead letters only after its
// records are published or stored. Records that are published again have the same
// identities and count once.
//
// What it shows hides who voted: see [Masked].
package deadletter
