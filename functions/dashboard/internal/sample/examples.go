package sample

import (
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/shared/election"
)

// Example is an election of docs/elections, by the name of its file, held two days ago.
func Example(t testing.TB, name string) *election.Election {
	t.Helper()
	e, err := election.Load(filepath.Join(root(t), "docs", "elections", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	twoDaysAgo(e, name)
	return e
}

// root is the folder of the repository.
func root(t testing.TB) string {
	t.Helper()
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the program doesn't know its sources")
	}
	return filepath.Join(filepath.Dir(here), "..", "..", "..", "..")
}

// twoDaysAgo moves an election to the day before yesterday. It closes at six the next morning: at
// every hour of today its votes were cast before they are read.
func twoDaysAgo(e *election.Election, name string) {
	day := civil.DateOf(time.Now().UTC()).AddDays(-2)
	midnight := day.In(time.UTC)
	e.ID, e.Date = name+"-"+day.String(), election.Date{Date: day}
	e.Opens, e.Closes = midnight.Add(12*time.Hour), midnight.Add(30*time.Hour)
}
