// Package ingest is the function behind the push subscription: it turns each
// batch of Kafka records into rows of raw.votes, raw.voters and raw.rejects.
//
// Every record becomes exactly one row per delivery. Whether a vote counts is
// for the aggregation to say: ingest looks at one record at a time, keeps no
// state, and may be given a record any number of times.
package ingest

import "github.com/tallystream/tallystream/shared/function"

func init() { function.Register("ingest", ConfigFrom, New) }
