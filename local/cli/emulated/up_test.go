package emulated

import (
	"encoding/json"
	"testing"

	"github.com/tallystream/tallystream/local/run"
)

// Offsets without a record are told once no record can come for them any more.
func TestBooksLine(t *testing.T) {
	const books = `"books":{"topics":{
		"voters":{"records":1500,"accepted":1490,"duplicate":10},
		"votes":{"records":7,"accepted":5,"rejected":1,"pending":1,"gaps":3},
		"ballots":{}}}`
	for state, want := range map[string]string{
		`"unread":0,"unsettled":0`: "voters: 1,500 read, 1,490 accepted, 10 duplicate · votes: 7 read, 5 accepted, 1 rejected, 1 pending, 3 offsets without a record",
		`"unread":2,"unsettled":3`: "voters: 1,500 read, 1,490 accepted, 10 duplicate · votes: 7 read, 5 accepted, 1 rejected, 1 pending · 5 on the way",
	} {
		var r run.Results
		if err := json.Unmarshal([]byte(`{"state":{`+state+`},`+books+`}`), &r); err != nil {
			t.Fatal(err)
		}
		if got := booksLine(&r); got != want {
			t.Errorf("with %s\n%s\nwant\n%s", state, got, want)
		}
	}
	if got := booksLine(&run.Results{}); got != "No records yet." {
		t.Errorf("without records: %s", got)
	}
}
