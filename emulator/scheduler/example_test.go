package scheduler_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/tallystream/tallystream/emulator/scheduler"
)

func ExampleStart() {
	function := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path, "for", r.Header.Get("X-CloudScheduler-JobName"))
	}))
	defer function.Close()
	ctx := context.Background()
	s, err := scheduler.Start(ctx, scheduler.Options{Jobs: []scheduler.Job{
		{Name: "report", Schedule: "0 9 29 2 *", Zone: "Europe/Paris", URL: function.URL + "/report"},
	}})
	if err != nil {
		log.Fatal(err)
	}
	if err := s.RunNow(ctx, "report"); err != nil { // what the schedule does at nine
		log.Fatal(err)
	}
	if err := s.Close(ctx); err != nil {
		log.Fatal(err)
	}
	// Output: POST /report for report
}
